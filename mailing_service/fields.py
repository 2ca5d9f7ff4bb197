"""The fields of a message: `{{full_name}}`, `{{city|your city}}`, and nothing else in braces.

No template engine sees what people write. A field becomes a marker that Markdown, HTML and a URL
leave alone, and the value takes its place when an email is filled.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailing_service.bounds import FIELD_NAME_LENGTH, FIELD_VALUE_LENGTH

FULL_NAME = "full_name"
EMAIL = "email"
PRIVATE = frozenset({"comment"})
"""What is stored with a recipient and leaves in no email."""

FIELD_NAME = rf"[a-z][a-z0-9_]{{0,{FIELD_NAME_LENGTH - 1}}}"
_FIELD = re.compile(rf"\{{\{{[ ]*({FIELD_NAME})[ ]*(?:\|([^{{}}|\r\n]*))?\}}\}}")
_BRACES = re.compile(r"\{\{[^}]*\}*|\}\}|\{[%#][^}]*\}*|[%#]\}")
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Field:
    """A place for a recipient's value, or for `default` where there is none."""

    name: str
    default: str | None = None


class UnknownBraces(ValueError):
    """Something in braces is no field; `pieces` says what, as it is written."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self.pieces = tuple(dict.fromkeys(piece[:_LONGEST_SHOWN] for piece in pieces))
        super().__init__(", ".join(self.pieces))


def parse(text: str) -> list[str | Field]:
    """Return the text in pieces; raises UnknownBraces."""
    pieces: list[str | Field] = []
    unknown: list[str] = []
    at = 0
    for match in _FIELD.finditer(text):
        pieces.append(text[at : match.start()])
        field = Field(match[1], None if match[2] is None else match[2].strip())
        if _is_field(field) and not _touches_braces(text, match):
            pieces.append(field)
        else:
            unknown.append(match[0])
        at = match.end()
    pieces.append(text[at:])
    for piece in pieces:
        if isinstance(piece, str):
            unknown += [found[0] for found in _BRACES.finditer(piece)]
    if unknown:
        raise UnknownBraces(unknown)
    return [piece for piece in pieces if piece != ""]


def fields_of(*texts: str) -> Iterator[Field]:
    """Yield the fields of several texts; raises UnknownBraces."""
    for text in texts:
        yield from (piece for piece in parse(text) if isinstance(piece, Field))


def needed_names(*texts: str) -> frozenset[str]:
    """Return the fields that a recipient must have a value of: one has no default somewhere."""
    return frozenset(field.name for field in fields_of(*texts) if not field.default)


def _is_field(field: Field) -> bool:
    return field.name not in PRIVATE and len(field.default or "") <= FIELD_VALUE_LENGTH


def _touches_braces(text: str, match: re.Match[str]) -> bool:
    around = text[match.start() - 1 : match.start()] + text[match.end() : match.end() + 1]
    return "{" in around or "}" in around
