"""Slugs: how articles are called in their addresses."""

import re
import secrets
from typing import Final

from slugify import slugify

from mailing_service.models.articles import ArticleSlug

UNNAMED: Final = "article"
"""The slug of a title without words, such as one of emoji."""
RESERVED: Final = frozenset({"addresses"})
"""What stands beside the articles under the same path."""
_LONGEST: Final = 80
"""Characters; what makes a slug differ from another comes behind."""
_NUMBERED: Final = 50
_SLUG: Final = re.compile(r"[a-z0-9-]{1,100}", re.ASCII)


def slug_of(text: str) -> str:
    """Return what `text` is called in an address; nothing where it has no words."""
    return slugify(
        text,
        max_length=_LONGEST,
        word_boundary=True,
        entities=False,  # titles are texts, not HTML
        decimal=False,
        hexadecimal=False,
    )


def is_slug(text: str) -> bool:
    """Tell whether an article may be called so."""
    return _SLUG.fullmatch(text) is not None


async def free_slug(wanted: str, *, own: int | None = None) -> str:
    """Return `wanted`, or with a number behind it where another article has or had it.

    What the article `own` has or had is free for it.
    """
    candidates = [wanted, *(f"{wanted}-{number}" for number in range(2, _NUMBERED))]
    others = ArticleSlug.filter(slug__in=candidates)
    if own is not None:
        others = others.exclude(article_id=own)
    taken = {row["slug"] for row in await others.values("slug")} | RESERVED
    free = next((each for each in candidates if each not in taken), None)
    return free or f"{wanted}-{secrets.token_hex(4)}"
