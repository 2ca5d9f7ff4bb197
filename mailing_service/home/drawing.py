"""Published articles, drawn at random: each with the same chance, whatever ids there are.

Ids are drawn, and those of articles that may be shown are taken: no sort of the table, and no
article has a better chance for the gap beside its id.
"""

import random
from typing import Any, Final

from tortoise.functions import Max, Min
from tortoise.queryset import QuerySet

from mailing_service.blog.articles.reading import LISTED
from mailing_service.blog.published import published
from mailing_service.models.articles import Article
from shared.language.translation import Language

ARTICLES: Final = 3
TRIES: Final = 100
"""Ids that one statement looks for."""

_chance = random.SystemRandom()


async def draw(language: Language) -> list[dict[str, Any]]:
    """Return articles in this language, and where there are too few, others beside them."""
    now_published = published()
    ids = await _draw_ids(now_published.filter(language=language), ARTICLES)
    if missing := ARTICLES - len(ids):
        ids += await _draw_ids(now_published.exclude(language=language), missing)
    found = await now_published.filter(id__in=ids).values(*LISTED)
    rows = {row.pop("id"): row for row in found}
    return [rows[one] for one in ids if one in rows]  # one may have been withdrawn meanwhile


async def _draw_ids(articles: QuerySet[Article], count: int) -> list[int]:
    """Draw so many, or all if there are fewer."""
    ends = await Article.all().annotate(first=Min("id"), last=Max("id")).values("first", "last")
    first, last = ends[0]["first"], ends[0]["last"]
    if first is None:
        return []
    candidates = range(first, last + 1)
    if len(candidates) > TRIES:
        found = await _among(articles, _chance.sample(candidates, TRIES))
        if len(found) >= count:
            return _chance.sample(found, count)
        found = await articles.values_list("id", flat=True)  # most ids are of nothing to show
    else:
        found = await _among(articles, list(candidates))
    return _chance.sample(found, min(count, len(found)))


async def _among(articles: QuerySet[Article], ids: list[int]) -> list[Any]:
    return await articles.filter(id__in=ids).values_list("id", flat=True)
