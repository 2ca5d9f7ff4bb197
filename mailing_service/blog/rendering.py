"""The Markdown of an article as HTML and as plain text, by the rules that emails have."""

import asyncio
from collections.abc import Iterator
from typing import Final, NamedTuple

from markdown_it.token import Token

from mailing_service.bounds import EXCERPT_LENGTH
from mailing_service.messages import markdown
from mailing_service.messages.markdown import BadLink
from shared.errors import FieldProblem, UnprocessableEntity
from shared.language.translation import Sentence

_AT_A_TIME = asyncio.Semaphore(1)
_NO_MARKERS: Final = frozenset[str]()
_SUMMARY: Final = 300
"""Characters of the text that stand for an excerpt."""


class Rendered(NamedTuple):
    """What is made of a body."""

    html: str
    text: str


async def render(body: str) -> Rendered:
    """Return a body as HTML that nh3 has cleaned, and as text without marks.

    Raises UnprocessableEntity for a link to anywhere but the web, an address or a telephone. Long
    and hostile Markdown takes a second, so it is done beside the event loop, one at a time.
    """
    async with _AT_A_TIME:
        return await asyncio.to_thread(_render, body)


def summary_of(excerpt: str, text: str) -> str:
    """Return what lists show: the excerpt, or how the text begins."""
    if excerpt or len(text) <= _SUMMARY:
        return (excerpt or text)[:EXCERPT_LENGTH]
    beginning, _, _ = text[: _SUMMARY + 1].rpartition(" ")
    return f"{beginning or text[:_SUMMARY]}…"


def _render(body: str) -> Rendered:
    tokens = markdown.parse(body)
    try:
        markdown.check(tokens, _NO_MARKERS)
    except BadLink as error:
        problem = Sentence(
            "A link must lead to https://, http://, mailto: or tel:, a picture to https://;"
            " not: {address}",
            address=str(error)[:100],
        )
        raise UnprocessableEntity([FieldProblem("body", problem)]) from None
    html = markdown.render_html(tokens)
    return Rendered(html, " ".join("".join(_pieces(tokens)).split()))


def _pieces(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.children:
            yield from _pieces(token.children)
        elif token.type != "inline":
            yield token.content
        if token.block or token.type in {"softbreak", "hardbreak"}:
            yield " "
