"""Catalogues of translated messages: PO files of gettext, read when a process starts.

Each package has its own, `locales/<language>.po`; `make messages` brings them up to date. Those of
all packages that are installed are read as one, so a text means the same in all of them.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_KEYWORDS = ("msgctxt", "msgid", "msgstr")

Entry = dict[str, str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Translations by their English text, and those of pydantic's rules by the name of the rule."""

    texts: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)

    def add(self, entries: Iterable[Entry]) -> None:
        """Take in what is translated; the header is no text."""
        for entry in entries:
            if not entry["msgid"] or not entry["msgstr"]:
                continue
            if "msgctxt" in entry:
                self.rules[entry["msgctxt"]] = entry["msgstr"]
            else:
                self.texts[entry["msgid"]] = entry["msgstr"]


@cache
def catalogue(language: str) -> Catalogue:
    """Return the translations into `language`; there are none into that of the code."""
    found = Catalogue()
    for file in sorted(_ROOT.glob(f"*/locales/{language}.po")):
        found.add(entries(file.read_text(encoding="utf-8")))
    return found


def entries(text: str) -> Iterator[Entry]:
    """Return the entries of a PO file as Babel writes it: no plurals, obsolete ones left out."""
    entry: Entry = {}
    keyword = ""
    for line in text.splitlines():
        first, _, rest = line.partition(" ")
        if first in _KEYWORDS:
            if "msgstr" in entry:
                yield entry
                entry = {}
            keyword = first
        literal = rest if first in _KEYWORDS else line
        if keyword and literal.startswith('"'):
            entry[keyword] = entry.get(keyword, "") + ast.literal_eval(literal)
        else:
            keyword = ""
    if "msgstr" in entry:
        yield entry
