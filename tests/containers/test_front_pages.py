"""What the shipped front says by itself, where no gateway is there: a page to people, else JSON."""

import asyncio
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest

from standalone.ports import free_port
from testing.gateway.raw_service import Peer, raw_service
from tests.containers.front import Front, front

pytestmark = pytest.mark.containers

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
OWN = "content-type: text/plain\r\n"
MESSAGES = {
    502: ("A service broke off.", "bad_gateway"),
    503: ("A service does not answer right now.", "service_unavailable"),
}


class Page(HTMLParser):
    """What of a page a browser would run or load, and what it shows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onload", "style"}

    def handle_data(self, data: str) -> None:
        self.text += data


async def breaking_off(peer: Peer) -> None:
    """Say that one is well, and break off whatever else is asked."""
    while b"/health" in (await peer.request()).line:
        await peer.answer(b"{}")
    peer.close()


@pytest.fixture(params=["nobody", "refused"])
async def alone(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Front]:
    """The front before no gateway at all, or before one that is gone."""
    gone = front(tmp_path, gateway=free_port())
    async with front(tmp_path) if request.param == "nobody" else gone as shipped:
        yield shipped


async def asked(running: Front, accept: str | None, path: str = "/") -> httpx2.Response:
    fields = {} if accept is None else {"accept": accept}
    async with httpx2.AsyncClient(verify=running.trusting_any()) as client:
        if accept is None:
            del client.headers["accept"]
        return await client.get(f"https://localhost:{running.port}{path}", headers=fields)


def assert_json(response: httpx2.Response, status: int) -> None:
    message, error = MESSAGES[status]
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {"code": status, "message": message, "error": error}
    assert "vitrina-front" not in response.headers


def assert_page(response: httpx2.Response, status: int, *texts: str) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    page = Page(response.content.decode())
    assert all(text in page.text for text in texts)
    assert {*page.tags} == {"html", "meta", "title", "h1", "p"}
    assert "vitrina-front" not in response.headers


@pytest.mark.parametrize("accept", [BROWSER, "TEXT/HTML", "text/html;q=0.5, application/json"])
async def test_a_browser_is_shown_a_page(alone: Front, accept: str) -> None:
    response = await asked(alone, accept)
    assert_page(response, 503, "The shop is away at the moment", "Магазин сейчас недоступен")
    assert response.headers["retry-after"] == "5"


@pytest.mark.parametrize("accept", [None, "", "*/*", "application/json", "text/plain", "html"])
async def test_every_other_client_gets_json(alone: Front, accept: str | None) -> None:
    assert_json(await asked(alone, accept, "/api/v1/products"), 503)


async def test_a_gateway_that_breaks_off_is_a_page_and_json_too(tmp_path: Path) -> None:
    async with raw_service() as gateway:
        gateway.script = breaking_off
        async with front(tmp_path, gateway=gateway.port) as shipped:
            page = await posted(shipped, BROWSER)
            assert_page(page, 502, "This page broke off", "Страница оборвалась")
            assert_json(await posted(shipped, "*/*"), 502)


async def posted(running: Front, accept: str) -> httpx2.Response:
    """Send a form, again until the front has found the gateway."""
    url = f"https://localhost:{running.port}/"
    async with httpx2.AsyncClient(verify=running.trusting_any()) as client, asyncio.timeout(30):
        while True:
            response = await client.post(url, headers={"accept": accept}, content=b"a=1")
            if response.status_code != 503:
                return response
            await asyncio.sleep(0.1)


async def unavailable(peer: Peer) -> None:
    """Say that one is well, and of everything else that it cannot be had."""
    while True:
        is_check = b"/health" in (await peer.request()).line
        said = {} if is_check else {"status": "503 Unavailable", "fields": OWN}
        await peer.answer(b"own", **said)


async def test_what_a_gateway_says_stays_as_it_is(tmp_path: Path) -> None:
    async with raw_service() as gateway:
        gateway.script = unavailable
        async with front(tmp_path, gateway=gateway.port) as shipped, asyncio.timeout(30):
            while (response := await asked(shipped, BROWSER)).content != b"own":
                await asyncio.sleep(0.1)
            assert (response.status_code, response.headers["content-type"]) == (503, "text/plain")
