"""Searches for words that many recipients have: found as rare ones are."""

import pytest

from mailing_service.tests.conftest import Person
from mailing_service.tests.recipients.test_recipients import RECIPIENTS, add, found

pytestmark = pytest.mark.usefixtures("empty_tables", "_few_are_many")


@pytest.fixture
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have words of more than three be frequent, and the newest be four."""
    monkeypatch.setattr("mailing_service.recipients.searching.MAX_COUNTED", 3)
    monkeypatch.setattr("mailing_service.recipients.searching._NEWEST", 4)
    monkeypatch.setattr("mailing_service.recipients.searching._FEW", 1)


async def add_all(person: Person, *names: str) -> None:
    for number, name in enumerate(names):
        await add(person, f"{number}@example.com", full_name=name)


def emails(*numbers: int) -> list[str]:
    return [f"{number}@example.com" for number in numbers]


async def test_a_frequent_word(anna: Person, boris: Person) -> None:
    await add_all(anna, *["Vera Smirnova", "Vera Popova"] * 4)
    await add_all(boris, "Vera Popova")

    page = await anna.client.get(RECIPIENTS, params={"q": "ver", "size": 3})

    assert (page.json()["total"], page.json()["total_is_capped"]) == (3, True)
    assert [item["email"] for item in page.json()["items"]] == emails(7, 6, 5)
    assert await found(anna, q="ver", size=3, page=2) == emails(4, 3, 2)
    assert await found(anna, q="ver", size=3, cursor=page.json()["next_cursor"]) == emails(4, 3, 2)
    assert await found(anna, q="ve%ra") == []


async def test_frequent_words_that_are_frequent_together(anna: Person) -> None:
    await add_all(anna, *["Vera Smirnova", "Vera Popova"] * 4)

    page = await anna.client.get(RECIPIENTS, params={"q": "pop vera"})

    assert (page.json()["total"], page.json()["total_is_capped"]) == (1, True)
    assert await found(anna, q="pop vera") == emails(7, 5, 3, 1)


async def test_frequent_words_that_are_rare_together(anna: Person, boris: Person) -> None:
    await add_all(anna, "Vera Popova", *["Vera Smirnova", "Anna Popova"] * 4, "Popova Vera Popov")
    await add_all(boris, *["Vera Popova"] * 4)

    page = await anna.client.get(RECIPIENTS, params={"q": "pop vera", "size": 1})

    assert (page.json()["total"], page.json()["total_is_capped"]) == (2, False)
    assert await found(anna, q="pop vera") == emails(9, 0)
    assert await found(anna, q="pop vera", size=1, cursor=page.json()["next_cursor"]) == emails(0)
    assert await found(anna, q="smirn anna") == []


async def test_frequent_words_that_only_the_oldest_have_together(anna: Person) -> None:
    await add_all(anna, *["Vera Popova"] * 4, *["Vera Smirnova", "Anna Popova"] * 2)

    page = await anna.client.get(RECIPIENTS, params={"q": "pop vera"})

    assert (page.json()["total"], page.json()["total_is_capped"]) == (3, True)
    assert await found(anna, q="pop vera") == emails(3, 2, 1, 0)
