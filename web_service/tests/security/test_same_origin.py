"""A form is taken from a page of ours alone."""

import httpx2
import pytest
from fastapi import FastAPI

from web_service.pages.access import OPEN
from web_service.pages.page import Page
from web_service.pages.routes import post
from web_service.pages.serving import PageServer

HOST = {"Host": "shop.example", "X-Forwarded-Proto": "https"}


@pytest.fixture(autouse=True)
def action(app: FastAPI) -> list[str]:
    """What `POST /test/act` has done."""
    done: list[str] = []

    async def act(page: Page) -> object:
        done.append("done")
        return page.redirect("/")

    PageServer(app).add(post("/test/act", act, OPEN))  # type: ignore[arg-type]
    return done


@pytest.fixture
def bare(browser: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """A client that says only what a test has it say."""
    del browser.headers["Sec-Fetch-Site"]
    return browser


@pytest.mark.parametrize(
    "fields",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "https://shop.example"},
        {"Origin": "HTTPS://SHOP.EXAMPLE"},
        {"Origin": "https://shop.example", "Host": "shop.example:443"},
        {
            "Origin": "http://192.168.0.7:8000",
            "Host": "192.168.0.7:8000",
            "X-Forwarded-Proto": "http",
        },
    ],
)
async def test_a_form_of_ours_is_taken(
    bare: httpx2.AsyncClient, action: list[str], fields: dict[str, str]
) -> None:
    response = await bare.post("/test/act", headers={**HOST, **fields})
    assert (response.status_code, action) == (303, ["done"])


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://shop.example"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://shop.example"},
        {"Origin": "https://shop.example:8443"},
        {"Origin": "https://shop.example.evil.example"},
        {"Origin": "https://evil.example#https://shop.example"},
        {"Referer": "https://shop.example/"},
    ],
)
async def test_any_other_is_refused(
    bare: httpx2.AsyncClient, action: list[str], fields: dict[str, str]
) -> None:
    response = await bare.post("/test/act", headers={**HOST, **fields})
    assert (response.status_code, action) == (403, [])
    assert "text/html" in response.headers["content-type"]


async def test_two_fields_that_differ_are_refused(
    bare: httpx2.AsyncClient, action: list[str]
) -> None:
    twice = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")]
    response = await bare.post("/test/act", headers=[*HOST.items(), *twice])
    assert (response.status_code, action) == (403, [])
