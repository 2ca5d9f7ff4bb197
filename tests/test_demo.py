"""`make demo` fills a system in which nobody is yet, and nothing else."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from standalone.demo import __main__ as demo
from standalone.demo.mailings import FRIENDS
from standalone.demo.people import PEOPLE
from testing.background import BackgroundSystem
from testing.people import Shop, bearer

REFUSED = 2


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackgroundSystem]:
    with BackgroundSystem(tmp_path_factory.mktemp("demo")) as system:
        yield system


async def test_it_is_filled_once(
    system: BackgroundSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.fill(system.settings) == 0
    said = capsys.readouterr().out
    [password] = re.findall(r"the password (\S+), as", said)

    async with httpx2.AsyncClient(base_url=system.url, timeout=20) as client:
        shop = Shop(client)
        tokens = {}
        for member in PEOPLE:
            answer = (await shop.sign_in(member.email, password)).raise_for_status().json()
            tokens[member.role] = answer["access_token"]
            me = (await shop.get("/api/v1/users/me", tokens[member.role])).json()
            assert member.role in me["roles"]
            assert me["is_email_verified"]
        orders = (await _get(client, "orders", tokens["user"]))["items"]
        assert {order["status"] for order in orders} == {"placed", "paid", "cancelled"}
        mailings = (await _get(client, "mailings", tokens["user"]))["items"]
        assert {one["status"] for one in mailings} == {"finished_with_errors", "awaiting_approval"}
        [sent] = [one["id"] for one in mailings if one["status"].startswith("finished")]
        deliveries = (await _get(client, f"mailings/{sent}/deliveries", tokens["user"]))["items"]
        assert len(deliveries) == len(FRIENDS)
        assert [one["state"] for one in deliveries].count("failed") == REFUSED
        for language, count in (("en", 2), ("ru", 2)):
            articles = (await client.get(f"/api/v1/articles?language={language}")).json()["items"]
            assert len(articles) == count
            for article in articles:
                picture = await client.get(article["cover"]["sources"][0]["url"])
                assert picture.headers["content-type"] == "image/webp"
        home = (await client.get("/api/v1/home")).json()
        assert (home["mailings"], home["recipients"]) == (2, len(FRIENDS))
        assert len(home["articles"]) == 3

    assert demo.fill(system.settings) == 1
    assert "People have registered here" in capsys.readouterr().out


async def _get(client: httpx2.AsyncClient, what: str, token: str) -> Any:
    response = await client.get(f"/api/v1/{what}", headers=bearer(token))
    return response.raise_for_status().json()


def test_where_nothing_runs_it_says_so(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VITRINA_DATA", str(tmp_path))
    assert demo.main() == 1
    assert "make run starts it" in capsys.readouterr().out
