"""The body of a message: Markdown (CommonMark with tables) as HTML for emails.

HTML that people write is shown as text; nh3 cleans what was made all the same.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
IMAGE_SCHEMES = frozenset({"https"})
"""http would be asked for in the clear, or not at all."""

_TAGS = frozenset(
    {
        *("a", "blockquote", "br", "code", "del", "em", "hr", "img", "p", "pre", "s", "strong"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "ul"),
        *("table", "tbody", "td", "th", "thead", "tr"),
    }
)
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE
)
"""No user name before it: `https://shop.example@evil.example` deceives."""


class BadLink(ValueError):
    """An address that a mail program should not be given, as it is written."""


def parse(body: str) -> list[Token]:
    """Return the tokens of a body; a link to any address is one, so that `check` can refuse it."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.validateLink = _is_link  # type: ignore[method-assign]
    return parser.parse(body)


def _is_link(url: str) -> bool:  # noqa: ARG001 - named so by the parser
    return True


def render_html(tokens: list[Token]) -> str:
    """Return the HTML of a body that `check` has passed."""
    parser = MarkdownIt("commonmark", {"html": False})
    return nh3.clean(
        parser.renderer.render(tokens, parser.options, {}),
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=set(SCHEMES),
        link_rel=None,
    )


def check(tokens: list[Token], markers: frozenset[str]) -> None:
    """Raise BadLink for an address with another scheme, or with a marker outside its query."""
    for token in _all(tokens):
        if token.type == "link_open":
            _check_address(str(token.attrs["href"]), SCHEMES, markers, in_query=True)
        elif token.type == "image":
            _check_address(str(token.attrs["src"]), IMAGE_SCHEMES, markers, in_query=False)
        title = str(token.attrs.get("title", ""))
        if any(marker in title for marker in markers):
            raise BadLink(title)


def markers_in_queries(tokens: list[Token], markers: frozenset[str]) -> frozenset[str]:
    """Return the markers that stand in addresses, whose values are percent-encoded."""
    addresses = [str(t.attrs["href"]) for t in _all(tokens) if t.type == "link_open"]
    return frozenset(marker for marker in markers if any(marker in a for a in addresses))


def _check_address(
    address: str, schemes: frozenset[str], markers: frozenset[str], *, in_query: bool
) -> None:
    try:
        parts = urlsplit(address)
    except ValueError:
        raise BadLink(address) from None
    is_web = parts.scheme in {"http", "https"}
    is_whole = _HOST.fullmatch(parts.netloc) if is_web else parts.path
    if parts.scheme not in schemes or not is_whole:
        raise BadLink(address)
    elsewhere = address.replace(parts.query, "", 1) if in_query and parts.query else address
    if any(marker in elsewhere for marker in markers):
        raise BadLink(address)


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])
