"""The words of a name: folded, so that writing, sorting and searching see the same."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Return the words of `text` in their order: compatibility forms, case and ё are folded."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return _WORD.findall(unicodedata.normalize("NFKC", folded))


def searchable(name: str, limit: int) -> str:
    """Return the words of `name` in at most `limit` characters, or the name if it has none."""
    return (" ".join(words(name)) or name)[:limit]
