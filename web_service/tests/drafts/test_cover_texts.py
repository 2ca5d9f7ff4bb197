"""The text of a cover in the editor of an article: changed without the picture."""

from typing import Any

import httpx2
import pytest

from web_service.tests.drafts.blog import API, COVER, draft, instead, refuse_instead
from web_service.tests.fake_gateway import FakeGateway

PATH = "/draft/5/update/"
FIELD = 'name="cover_alt"'
TYPED = {
    "title": "Green tea",
    "slug": "green-tea",
    "body": "Water",
    "excerpt": "",
    "language": "en",
    "author": "Anna",
    "revision": "4",
}


@pytest.fixture
def covered(blog: FakeGateway) -> FakeGateway:
    """A gateway whose article has a cover."""
    instead(blog, "GET", f"{API}/5", draft(cover=COVER))
    return blog


def sent(gateway: FakeGateway) -> dict[str, Any]:
    [call] = gateway.asked("PATCH", f"{API}/5")
    body: dict[str, Any] = call.json
    return body


async def test_it_is_changed_with_the_article(
    anna: httpx2.AsyncClient, covered: FakeGateway
) -> None:
    page = (await anna.get(PATH)).text
    assert 'value="A cup"' in page
    assert FIELD in page
    response = await anna.post(PATH, data={**TYPED, "cover_alt": " Two cups "})
    assert response.headers["location"] == "/draft/5/"
    assert sent(covered)["cover_alt"] == "Two cups"


async def test_an_article_without_a_cover_has_no_such_field(
    anna: httpx2.AsyncClient, blog: FakeGateway
) -> None:
    for path in (PATH, "/draft/create/"):
        assert FIELD not in (await anna.get(path)).text
    await anna.post(PATH, data=TYPED)
    assert "cover_alt" not in sent(blog)


async def test_the_page_of_the_cover_leads_there(
    anna: httpx2.AsyncClient, covered: FakeGateway
) -> None:
    assert covered
    page = (await anna.get("/draft/5/cover/")).text
    assert f'href="{PATH}#field-cover_alt"' in page
    assert 'id="field-cover_alt"' in (await anna.get(PATH)).text


async def test_an_empty_one_is_refused_beside_it(
    anna: httpx2.AsyncClient, covered: FakeGateway
) -> None:
    said = {"cover_alt": "Must not be empty while there is a cover"}
    refuse_instead(covered, "PATCH", f"{API}/5", 422, "unprocessable_entity", fields=said)
    page = await anna.post(PATH, data={**TYPED, "cover_alt": "", "title": "Typed"})
    assert page.status_code == 422
    wanted = "What the cover shows: Must not be empty while there is a cover"
    assert f'href="#field-cover_alt">{wanted}' in page.text
    assert 'value="Typed"' in page.text


async def test_another_editor_took_the_cover_away(
    anna: httpx2.AsyncClient, blog: FakeGateway
) -> None:
    """What was typed stays, though there is nothing that it could stand for."""
    refuse_instead(blog, "PATCH", f"{API}/5", 412, "precondition_failed")
    page = await anna.post(PATH, data={**TYPED, "cover_alt": "Two cups"})
    assert page.status_code == 412
    assert 'value="Two cups"' in page.text
