"""Header fields as bytes (RFC 5322, 2047): the standard library's encoder loses spaces.

Unstructured fields and display names with anything but plain ASCII become base64 words of up to
75 characters, each of whole characters. Structured fields are never encoded, nor folded:
List-Unsubscribe loses its button in Gmail and Outlook when it is.
"""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterator

from shared.smtp.addresses import to_ascii

LONGEST_LINE = 998
"""RFC 5322, 2.1.1, without CRLF."""
_LINE = 78
_LINE_WITH_ENCODED_WORD = 76
_WORD_BEGIN, _WORD_END = b"=?utf-8?b?", b"?="
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_PRINTABLE = re.compile(r"[\x20-\x7e]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/?^_`{|}~=-]+(?: [A-Za-z0-9!#$%&'*+/?^_`{|}~=-]+)*")
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


class UnsafeHeader(ValueError):
    """A header field would hold what does not belong there; the text does not repeat it."""


def unstructured(name: str, value: str) -> bytes:
    """Return a field for people, as Subject; raises UnsafeHeader for control characters."""
    _check(name, value)
    if _is_plain(value):
        folded = _folded(f"{name}: {value}")
        if folded is not None:
            return folded
    return _joined(f"{name}: ".encode(), list(_encoded_words(value, used=len(name) + 2)))


def mailbox(name: str, address: str, *, display_name: str = "") -> bytes:
    """Return a field with one mailbox, as From; raises UnsafeHeader or UnusableAddress."""
    return with_phrase(name, display_name, to_ascii(address))


def with_phrase(name: str, phrase: str, in_brackets: str) -> bytes:
    """Return `name: phrase <in_brackets>`, as mailboxes and List-Id have it.

    Without a phrase there are no brackets.
    """
    _check(name, phrase)
    _check(name, in_brackets)
    if not _PRINTABLE.fullmatch(in_brackets):
        raise UnsafeHeader(f"{name} takes ASCII only")
    begin = f"{name}: ".encode()
    if not phrase:
        return _joined(begin, [in_brackets.encode()])
    bracketed = f"<{in_brackets}>".encode()
    plain = _plain_phrase(phrase)
    if plain is not None and len(begin) + len(plain) <= _LINE:
        return _joined(begin, [plain, bracketed])
    return _joined(begin, [*_encoded_words(phrase, used=len(begin)), bracketed])


def structured(name: str, value: str) -> bytes:
    """Return a field for programs, in one line; raises UnsafeHeader if that is not ASCII."""
    _check(name, value)
    line = f"{name}: {value}"
    if not _PRINTABLE.fullmatch(value) or len(line) > LONGEST_LINE:
        raise UnsafeHeader(f"{name} takes ASCII of up to one line")
    return line.encode() + b"\r\n"


def _check(name: str, value: str) -> None:
    if not _FIELD_NAME.fullmatch(name):
        raise UnsafeHeader("not the name of a header field")
    if not value.isprintable() and any(
        unicodedata.category(character) in _FORBIDDEN_CATEGORIES for character in value
    ):
        raise UnsafeHeader(f"{name} takes no control characters")


def _is_plain(value: str) -> bool:
    """Tell whether every reader gives it back as it is, folded at any of its spaces."""
    return bool(
        _PRINTABLE.fullmatch(value)
        and "=?" not in value
        and "  " not in value
        and value == value.strip()
    )


def _plain_phrase(phrase: str) -> bytes | None:
    """Return atoms or a quoted string, if the phrase is plain ASCII."""
    if not _is_plain(phrase):
        return None
    if _ATOMS.fullmatch(phrase):
        return phrase.encode()
    escaped = phrase.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.encode()


def _folded(field: str) -> bytes | None:
    """Fold a plain field at spaces; None where a word is too long for a line."""
    lines: list[str] = []
    name, _, value = field.partition(" ")
    line = name
    for word in value.split(" "):
        if len(line) + 1 + len(word) > _LINE and line != name:
            lines.append(line)
            line = ""
        line = f"{line} {word}"
        if len(line) > _LINE:
            return None
    return "\r\n".join([*lines, line]).encode() + b"\r\n"


def _encoded_words(value: str, *, used: int) -> Iterator[bytes]:
    """Yield the value as words, none of which splits a character; the first shares its line."""
    room = _capacity(_LINE_WITH_ENCODED_WORD - used)
    chunk = b""
    for character in value:
        encoded = character.encode()
        if len(chunk) + len(encoded) > room:
            yield _word(chunk)
            chunk, room = b"", _capacity(_LINE_WITH_ENCODED_WORD - 1)
        chunk += encoded
    yield _word(chunk)


def _capacity(characters: int) -> int:
    """Return how many bytes fit into a word of so many characters."""
    return max((characters - len(_WORD_BEGIN) - len(_WORD_END)) // 4 * 3, 4)


def _word(chunk: bytes) -> bytes:
    return _WORD_BEGIN + b64encode(chunk) + _WORD_END


def _joined(begin: bytes, words: list[bytes]) -> bytes:
    """Put words into lines, folding where one does not fit."""
    lines, line = [], begin + words[0]
    for word in words[1:]:
        limit = _LINE_WITH_ENCODED_WORD if b"=?" in line + word else _LINE
        if len(line) + 1 + len(word) > limit:
            lines.append(line)
            line = b" " + word
        else:
            line += b" " + word
    return b"\r\n".join([*lines, line]) + b"\r\n"
