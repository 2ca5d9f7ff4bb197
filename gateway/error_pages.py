"""What the gateway refuses by itself where a person looks: a short page, without script.

It stands also for a web service that is away, so it asks nothing of anybody.
"""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from html import escape
from http import HTTPStatus
from string import Template
from typing import Final, NamedTuple

from gateway.headers import Fields
from shared.errors import ServiceError
from shared.language.translation import Language, Sentence, translate

RETRY_AFTER: Final = 5
"""Seconds, where a service is away and no limit says when to come back."""


class _Words(NamedTuple):
    title: str
    text: str
    may_help: bool = True  # to try the same again


_AWAY = _Words(
    Sentence("We cannot show this page right now"),
    Sentence(
        "Please try again in a moment. If you have just sent a form, look first whether it arrived."
    ),
)
_WORDS: Final = {
    HTTPStatus.BAD_REQUEST: _Words(
        Sentence("This request cannot be understood"),
        Sentence("Check the address, or begin at the home page."),
        may_help=False,
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: _Words(
        Sentence("This page cannot do that"),
        Sentence("Go back, or begin at the home page."),
        may_help=False,
    ),
    HTTPStatus.REQUEST_TIMEOUT: _Words(
        Sentence("That took too long"),
        Sentence("Not all that you sent has arrived. Please go back and send it again."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _Words(
        Sentence("That is too large"),
        Sentence("You sent more than this page accepts. Please go back and send less."),
        may_help=False,
    ),
    HTTPStatus.TOO_MANY_REQUESTS: _Words(
        Sentence("That was too much in a short time"),
        Sentence("Many requests came from your network. Please wait a little and try again."),
    ),
    HTTPStatus.BAD_GATEWAY: _AWAY,
    HTTPStatus.SERVICE_UNAVAILABLE: _AWAY,
    HTTPStatus.GATEWAY_TIMEOUT: _AWAY,
}
_STYLE = (
    ":root{color-scheme:light dark;--line:#8886}"
    "body{font:1rem/1.6 system-ui,sans-serif;margin:0;padding:12vh 1.25rem}"
    "main{max-width:34rem;margin:0 auto}"
    "h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem}"
    "p{margin:0 0 1rem}"
    "nav{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:2rem}"
    "a{color:inherit;border:1px solid;border-radius:.5rem;padding:.5rem 1rem;text-decoration:none}"
    "a:hover,a:focus-visible{text-decoration:underline}"
    "small{display:block;margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line)}"
)
_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = Template(
    f"""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>$title</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>$title</h1>
$paragraphs
<nav>$links</nav>
<small>$status</small>
</main>
</body>
</html>
"""
)


def render_page(error: ServiceError, language: Language) -> tuple[int, Fields, bytes]:
    """Return status, header fields and body of the page that a person gets for `error`."""
    of_error = error.headers
    if error.status in {HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}:
        of_error = {"Retry-After": str(RETRY_AFTER), **of_error}
    body = _page(error.status, error.message, of_error.get("Retry-After", ""), language)
    fields = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"content-language", language.encode()),
        (b"vary", b"Accept-Language"),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", _POLICY.encode()),
        (b"referrer-policy", b"same-origin"),
        *((name.lower().encode(), value.encode()) for name, value in of_error.items()),
    ]
    return error.status, fields, body


@lru_cache(maxsize=512)
def _page(status: int, message: str, retry_after: str, language: Language) -> bytes:
    """Return the page; `message` is for a status that has no words of its own."""
    words = _WORDS.get(HTTPStatus(status)) or _Words(_AWAY.title, message)
    paragraphs = [translate(words.text, language)]
    if retry_after:
        paragraphs.append(
            translate(Sentence("Seconds to wait: {seconds}.", seconds=retry_after), language)
        )
    links = [("/", translate(Sentence("Home page"), language))]
    if words.may_help:
        links.insert(0, ("", translate(Sentence("Try again"), language)))
    page = _PAGE.substitute(
        language=language,
        title=escape(translate(words.title, language)),
        paragraphs="\n".join(f"<p>{escape(text)}</p>" for text in paragraphs),
        links="\n".join(f'<a href="{path}">{escape(text)}</a>' for path, text in links),
        status=status,
    )
    return page.encode()
