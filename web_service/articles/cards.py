"""An article as lists show it, out of what the API says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_TILE: Final = 400
"""Pixels that a cover has across."""
_PICTURE: Final = re.compile(r"/api/v1/pictures/[\w-]+\.webp", re.ASCII)


@dataclass(frozen=True, slots=True)
class Card:
    """An article beside others; `cover` is the address of a picture, if there is one."""

    slug: str
    title: str
    excerpt: str
    language: str
    cover: str | None
    cover_text: str

    @classmethod
    def read(cls, said: object) -> "Card | None":
        """Read what the API says of an article; None where that is not enough for a link."""
        data = said if isinstance(said, dict) else {}
        slug, title = _text(data, "slug"), _text(data, "title")
        if not slug or not title:
            return None
        excerpt, language = _text(data, "excerpt"), _text(data, "language")
        return cls(slug, title, excerpt, language, *_cover(data.get("cover")))


def _cover(said: object) -> tuple[str | None, str]:
    """Return the smallest picture that fills a tile, or the largest there is, and its text."""
    data = said if isinstance(said, dict) else {}
    listed = data.get("sources")
    widths = {
        one["url"]: one["width"]
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and _is_picture(one.get("url")) and _is_width(one.get("width"))
    }
    wide = [url for url in widths if widths[url] >= _TILE]
    if wide:
        return min(wide, key=lambda url: widths[url]), _text(data, "alt")
    return max(widths, key=lambda url: widths[url], default=None), _text(data, "alt")


def _is_picture(url: object) -> bool:
    return isinstance(url, str) and _PICTURE.fullmatch(url) is not None


def _is_width(width: object) -> bool:
    return isinstance(width, int)


def _text(said: Mapping[str, object], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""
