"""A file's lines as text, held to bounds: no line and no file is too long for memory."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from typing import BinaryIO

from shared.language.translation import Sentence
from shared.transfer.rows import BadLine

UTF_8, WINDOWS_1251 = "utf-8", "windows-1251"


class Unreadable(Exception):
    """A line makes no sense as text; unless `may_resume`, nothing behind it does."""

    def __init__(self, number: int, reason: Sentence, *, may_resume: bool = False) -> None:
        super().__init__(reason)
        self.number, self.reason, self.may_resume = number, reason, may_resume

    def as_last_line(self) -> BadLine:
        """Return what is said of it where the reading ends."""
        ended = Sentence("{reason}; the file was read no further", reason=self.reason)
        return BadLine(self.number, ended)


class TextLines:
    """Reads a file line by line; iterating raises Unreadable."""

    def __init__(
        self, file: BinaryIO, *, max_line: int, max_lines: int, fallback: str | None = None
    ) -> None:
        """Take bounds in bytes and in lines.

        A file whose first line outside ASCII is not UTF-8 is read in the encoding `fallback`.
        """
        self.number = 0
        self.encoding = UTF_8
        self._file, self._max_line, self._max_lines = file, max_line, max_lines
        self._fallback = fallback

    def __iter__(self) -> Iterator[str]:
        while line := self.read():
            yield line

    def read(self) -> str:
        """Return the next line with its end, or nothing after the last; raises Unreadable."""
        line = self._file.readline(self._max_line + 1)
        if not line:
            return ""
        self.number += 1
        if self.number > self._max_lines:
            raise self._unreadable(
                Sentence("comes after the {most} lines that a file may have", most=self._max_lines)
            )
        if len(line) > self._max_line:
            self._behind_long = not line.endswith(b"\n")
            raise self._unreadable(
                Sentence("is longer than {most} bytes", most=self._max_line), may_resume=True
            )
        try:
            return self._decoded(line)
        except UnicodeDecodeError:
            wrong = Sentence("is not UTF-8 text; save the file as UTF-8")
            raise self._unreadable(wrong, may_resume=True) from None

    _behind_long = False

    def resume(self) -> None:
        """Go on behind the line that could not be read; of a long one the rest is passed over."""
        while self._behind_long:
            rest = self._file.readline(self._max_line)
            self._behind_long = bool(rest) and not rest.endswith(b"\n")

    def _unreadable(self, reason: Sentence, *, may_resume: bool = False) -> Unreadable:
        return Unreadable(self.number, reason, may_resume=may_resume)

    def _decoded(self, line: bytes) -> str:
        if self.number == 1 and line.startswith(BOM_UTF8):
            self._fallback = None
            return line.removeprefix(BOM_UTF8).decode()
        if self._fallback is None or line.isascii():
            return line.decode(self.encoding)
        fallback, self._fallback = self._fallback, None
        try:
            return line.decode()
        except UnicodeDecodeError:
            if b"\0" in line or line.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
                raise
            self.encoding = fallback
            return line.decode(fallback)
