"""What the gateway refuses by itself where a person looks."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from gateway.error_pages import render_page
from gateway.errors import RequestTimeout, WebSocketRefused
from gateway.tests.conftest import RunningGateway
from gateway.tests.pages.error_page import assert_page
from shared.errors import (
    BadGateway,
    BadRequest,
    GatewayTimeout,
    InternalError,
    MethodNotAllowed,
    PayloadTooLarge,
    ServiceError,
    ServiceUnavailable,
    TooManyRequests,
    UnsupportedEncoding,
)
from shared.language.translation import Language
from testing.gateway.raw_service import RawService, after_request

MOST = 3000
"""Bytes of a page."""

ERRORS = [
    BadRequest(),
    MethodNotAllowed(["GET"]),
    RequestTimeout(),
    PayloadTooLarge(),
    UnsupportedEncoding(),
    TooManyRequests(17),
    InternalError(),
    WebSocketRefused(),
    BadGateway(),
    ServiceUnavailable(),
    GatewayTimeout(),
]
TITLES = {"en": "We cannot show this page right now", "ru": "Сейчас эту страницу показать"}


class _Elements(HTMLParser):
    """Notes every element, with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_it_is_short_whole_and_without_script(error: ServiceError, language: Language) -> None:
    status, fields, body = render_page(error, language)
    found = dict(fields)
    assert (status, len(body)) == (error.status, int(found[b"content-length"]))
    assert len(body) <= MOST
    page = body.decode()
    elements = _Elements(page)
    assert elements.open == []
    assert ("html", {"lang": language}) in elements.found
    assert not {"script", "img", "link", "form", "iframe"} & {tag for tag, _ in elements.found}
    for tag, attributes in elements.found:
        assert not [name for name in attributes if name == "style" or name.startswith("on")], tag
        assert attributes.get("href", "") in {"", "/"}  # nothing from elsewhere
    [style] = re.findall(r"<style>(.*?)</style>", page, re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert found[b"content-security-policy"].decode().split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_one_is_translated(error: ServiceError) -> None:
    english, russian = (render_page(error, language)[2].decode() for language in ("en", "ru"))
    for page, is_russian in ((english, False), (russian, True)):
        for text in re.findall(r"<(?:h1|p|a [^>]*)>(.+?)<", page):
            assert bool(re.search("[а-я]", text)) == is_russian, text


@pytest.mark.parametrize("error", [TooManyRequests(17), ServiceUnavailable(17)])
def test_it_says_how_long_to_wait(error: ServiceError) -> None:
    _, fields, body = render_page(error, "en")
    assert (b"retry-after", b"17") in fields
    assert b"Seconds to wait: 17." in body


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ((), "en"),
        (("accept-language: ru",), "ru"),
        (("accept-language: de, ru;q=0.5, en;q=0.4",), "ru"),
        (("accept-language: fr",), "en"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_it_is_in_the_language_of_its_reader(
    site: RunningGateway, web: RawService, method: str, accepted: tuple[str, ...], language: str
) -> None:
    web.script = after_request(lambda peer: peer.reset())
    page = assert_page(await site.ask(f"{method} /products", *accepted), 502, language)
    assert TITLES[language] in page
