"""What a message says, ready to be filled for each recipient: pure, and made once for many."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

from mailing_service.fields import Field, UnknownBraces, parse
from mailing_service.messages import markdown, plain_text
from mailing_service.messages.markdown import BadLink
from shared.errors import FieldProblem, UnprocessableEntity
from shared.language.translation import Sentence
from shared.smtp.message import Content, Slot, new_marker

_AT_A_TIME = asyncio.Semaphore(1)


@dataclass(frozen=True, slots=True)
class Draft:
    """What people write of a message."""

    subject: str
    preheader: str
    body: str


@dataclass(frozen=True, slots=True)
class Parts:
    """A draft as subject, preheader, HTML and text, with markers where its fields are."""

    subject: str
    preheader: str
    html: str
    text: str
    slots: Mapping[str, Slot] = field(default_factory=dict)


async def prepare(draft: Draft) -> Parts:
    """Return the parts of a draft; raises UnprocessableEntity, which names all that is wrong.

    Long and hostile Markdown takes a second, so this is done beside the event loop, one draft at a
    time.
    """
    async with _AT_A_TIME:
        return await asyncio.to_thread(prepare_now, draft)


def prepare_now(draft: Draft) -> Parts:
    """Return the parts of a draft, as `prepare` does, here."""
    slots: dict[str, Slot] = {}
    problems: list[FieldProblem] = []
    subject, preheader, body = (
        _marked(name, getattr(draft, name), slots, problems)
        for name in ("subject", "preheader", "body")
    )
    tokens = markdown.parse(body)
    markers = frozenset(slots)
    try:
        markdown.check(tokens, markers)
    except BadLink as error:
        problems.append(FieldProblem("body", _about_link(str(error), slots)))
    if problems:
        raise UnprocessableEntity(problems)
    for marker in markdown.markers_in_queries(tokens, markers):
        slots[marker] = Slot(slots[marker].name, slots[marker].default, is_query=True)
    return Parts(
        subject, preheader, markdown.render_html(tokens), plain_text.render_text(tokens), slots
    )


def filled(content: Content, values: Mapping[str, str]) -> Content:
    """Return what one recipient reads, without slots."""
    subject, text, html = content.subject, content.text, content.html
    for marker, slot in content.slots.items():
        value = values.get(slot.name) or slot.default
        if slot.is_query:
            value = quote(value, safe="")
        subject = subject.replace(marker, value)
        text = text.replace(marker, value)
        html = html.replace(marker, escape(value))
    return Content(subject, text, html)


def _marked(name: str, text: str, slots: dict[str, Slot], problems: list[FieldProblem]) -> str:
    """Return the text with a marker for each field, which is then one of `slots`."""
    try:
        pieces = parse(text)
    except UnknownBraces as error:
        unknown = Sentence(
            "Only fields may stand in braces, like full_name; not: {pieces}", pieces=str(error)
        )
        problems.append(FieldProblem(name, unknown))
        return text
    return "".join(piece if isinstance(piece, str) else _mark(piece, slots) for piece in pieces)


def _mark(place: Field, slots: dict[str, Slot]) -> str:
    marker = new_marker()
    slots[marker] = Slot(place.name, place.default or "")
    return marker


def _about_link(address: str, slots: Mapping[str, Slot]) -> Sentence:
    for marker, slot in slots.items():
        address = address.replace(marker, f"{{{{{slot.name}}}}}")
    return Sentence(
        "A link must lead to https://, http://, mailto: or tel:, a picture to https://, and a field"
        " may stand only in a link's query, behind the question mark; not: {address}",
        address=address[:100],
    )
