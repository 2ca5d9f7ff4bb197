"""Find articles by their words, as products are found by theirs.

What is rare is found by the index of words, and what is frequent on a walk from the newest article:
PostgreSQL knows too little of how common a word is to choose between the two.
"""

from typing import Final

from pypika_tortoise.terms import Bracket, Function
from tortoise.expressions import Expression, ResolveContext, ResolveResult
from tortoise.queryset import QuerySet

from mailing_service.models.articles import Article
from shared.database.full_text import search_query
from shared.values.words import words

FEW: Final = 1000
"""Matches that are all found, and then sorted."""


class _Mentions(Expression):
    """Whether an article has these words, by the row itself: no index answers a function."""

    def __init__(self, text: str) -> None:
        self._query = search_query(words(text))

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        query = self._query.resolve(resolve_context).term
        found = Function("ts_match_vq", resolve_context.table.search, query)
        return ResolveResult(term=Bracket(found))


def matching(rows: QuerySet[Article], text: str) -> QuerySet[Article]:
    """Return those of `rows` that have the words of `text`, to be found by the index of words."""
    return rows.filter(search__search=search_query(words(text)))


def met(rows: QuerySet[Article], text: str) -> QuerySet[Article]:
    """Return the same, to be met on a walk along the order of `rows`."""
    return rows.annotate(has_words=_Mentions(text)).filter(has_words=True)
