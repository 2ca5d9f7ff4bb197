"""multipart/form-data (RFC 7578), read as it comes: what a part holds is never kept here."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from web_service.errors import MalformedForm

MEDIA_TYPE: Final = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Part:
    """The beginning of a part: a field, or a file where it has a name of a file, even an empty."""

    name: str
    filename: str | None


PartEvent = Part | bytes
"""A part begins, or a piece of what the last one holds."""


async def read_parts(request: Request) -> AsyncIterator[PartEvent]:
    """Give the parts of the request's body in their order.

    Raises MalformedForm for what is no such body, or ends before its end.
    """
    async for event in _parsed(_boundary(request), body_of(request)):
        yield event


async def body_of(request: Request) -> AsyncIterator[bytes]:
    """Give the body piece by piece; raises MalformedForm where the browser is gone."""
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect:
        raise MalformedForm from None


async def _parsed(boundary: bytes, body: AsyncIterator[bytes]) -> AsyncIterator[PartEvent]:
    events = _Events()
    try:
        parser = MultipartParser(boundary, events.callbacks())  # type: ignore[arg-type]
        async for piece in body:
            parser.write(piece)
            for event in events.taken():
                yield event
    except (FormParserError, ValueError):
        raise MalformedForm from None
    if not events.is_whole:
        raise MalformedForm


def _boundary(request: Request) -> bytes:
    media_type, options = parse_options_header(request.headers.get("content-type"))
    if media_type != MEDIA_TYPE.encode() or not options.get(b"boundary"):
        raise MalformedForm
    return options[b"boundary"]


class _Events:
    """What the parser has met and nobody has taken yet."""

    def __init__(self) -> None:
        self.is_whole = False
        self._waiting: list[PartEvent] = []
        self._name = b""
        self._value = b""
        self._fields: dict[bytes, bytes] = {}

    def taken(self) -> list[PartEvent]:
        events, self._waiting = self._waiting, []
        return events

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._fields.clear,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_end": self._on_end,
        }

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._fields[self._name.lower()] = self._value
        self._name = self._value = b""

    def _on_headers_finished(self) -> None:
        # Browsers write names in the page's encoding, which is UTF-8; the parser reads latin-1.
        value = self._fields.get(b"content-disposition", b"").decode("latin-1")
        kind, options = parse_options_header(value)
        if kind != b"form-data" or b"name" not in options:
            raise MalformedForm
        name, filename = options[b"name"].decode(), options.get(b"filename")
        self._waiting.append(Part(name, None if filename is None else filename.decode()))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._waiting.append(bytes(data[start:end]))

    def _on_end(self) -> None:
        self.is_whole = True
