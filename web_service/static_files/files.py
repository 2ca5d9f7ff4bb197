"""Files in memory, each under a name with a hash of its bytes, compressed once."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

PREFIX: Final = "/static/"
_HASHED: Final = re.compile(r"(?P<stem>[a-z.]+)\.(?P<hash>[0-9a-f]{12})(?P<suffix>\.[a-z]+)", re.A)
_TEXT: Final = ("text/", "image/svg+xml")


class StaticFile(NamedTuple):
    """A file as it is sent, and its address, which another content would not have."""

    path: str
    content_type: str
    content: bytes
    packed: bytes | None
    """By gzip; None where that saves nothing."""


class Found(NamedTuple):
    """A file, and whether it has the hash that was asked for."""

    file: StaticFile
    current: bool


class StaticFiles:
    """The files by their names; nothing is read from the disk any more."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._files = {name: _file(name, content) for name, content in contents.items()}

    def asset(self, name: str) -> str:
        """Return the address of a file; KeyError for one that is not there."""
        return self._files[name].path

    def logo(self) -> str | None:
        """Return the address of the shop's logo, if it has one."""
        return next((file.path for name, file in self._files.items() if name[:5] == "logo."), None)

    def __getitem__(self, name: str) -> StaticFile:
        """Return a file by its name; KeyError for one that is not there."""
        return self._files[name]

    def find(self, hashed: str) -> Found | None:
        """Return the file that is named in an address, also under the hash of another content.

        While replicas of two versions run, a page of one may ask the other: it gets what there is.
        """
        match = _HASHED.fullmatch(hashed)
        file = self._files.get(match["stem"] + match["suffix"]) if match else None
        return Found(file, current=file.path == PREFIX + hashed) if file else None


def _file(name: str, content: bytes) -> StaticFile:
    stem, _, suffix = name.rpartition(".")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    text = kind.startswith(_TEXT)
    packed = gzip.compress(content, mtime=0) if text else content
    return StaticFile(
        path=f"{PREFIX}{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}",
        content_type=f"{kind}; charset=utf-8" if text else kind,
        content=content,
        packed=packed if len(packed) < len(content) else None,
    )
