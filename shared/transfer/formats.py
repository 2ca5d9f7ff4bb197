"""How a file is written, and how its name or its media type says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO


class FileFormat(StrEnum):
    """How the lines of a file are written down."""

    CSV = "csv"
    JSON_LINES = "jsonl"


CSV, JSON_LINES = "text/csv", "application/x-ndjson"
OCTETS = "application/octet-stream"
"""A file whose format the query names, as clients send it that know no other media types."""

MEDIA_TYPES = {FileFormat.CSV: CSV, FileFormat.JSON_LINES: JSON_LINES}
FORMATS = {media_type: kind for kind, media_type in MEDIA_TYPES.items()}

_SUFFIXES = {
    ".csv": FileFormat.CSV,
    ".jsonl": FileFormat.JSON_LINES,
    ".ndjson": FileFormat.JSON_LINES,
}


class UnusableFile(Exception):
    """The file is missing, not readable, or of an unknown kind; the message says which."""


def format_of(path: Path) -> FileFormat:
    """Return what the name of `path` says that it is; raises UnusableFile."""
    known = _SUFFIXES.get(path.suffix.lower())
    if known is None:
        raise UnusableFile(f"{path} is of no known kind: its name must end in .csv or .jsonl.")
    return known


@contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """Open `path` to read it; raises UnusableFile."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnusableFile(f"{path} cannot be read: {error.strerror}.") from None
    with file:
        yield file


def documented(*, csv: str, json_line: str) -> dict[str, Any]:
    """Return the OpenAPI content of a file, with an example of each format."""
    examples = {CSV: csv, JSON_LINES: f"{json_line}\n"}
    return {
        media_type: {"schema": {"type": "string"}, "example": example}
        for media_type, example in examples.items()
    }


def documented_body(content: dict[str, Any]) -> dict[str, Any]:
    """Return the OpenAPI extra of an operation that takes such a file, or plain bytes."""
    octets = {OCTETS: {"schema": {"type": "string", "format": "binary"}}}
    return {"requestBody": {"required": True, "content": {**content, **octets}}}
