"""Full text search over a column `search`, in PostgreSQL's own words.

A row is found by the word forms of Russian and English (the configuration `russian` takes words
in Latin letters for English), and by the beginnings of its words as they are written (`simple`).
Stems are compared whole: the stem of «чай» begins «часы».
"""

from collections.abc import Sequence
from functools import reduce
from operator import and_

from tortoise.contrib.postgres.search import (
    Lexeme,
    LexemeCombinable,
    SearchQuery,
    SearchQueryCombinable,
    SearchRank,
)
from tortoise.expressions import F

MIN_PREFIX = 2
"""Characters that begin a word; a single one is a word."""
MAX_RANKED = 1000
"""Matches that are put in order of relevance; of more than that, the newest come first."""
_DIVIDED_BY_LENGTH = 2


def search_query(words: Sequence[str]) -> SearchQueryCombinable:
    """Return what a row must hold: each of the words, in some form or as a beginning.

    Or all of them as forms, which leaves out words as common as «на».
    """
    each = reduce(and_, (_form(word) | _beginning(word) for word in words))
    return each if len(words) == 1 else form_query(words) | each


def form_query(words: Sequence[str]) -> SearchQueryCombinable:
    """Return a part of `search_query` that is found much sooner: rows with forms of all words."""
    lexemes: LexemeCombinable = reduce(and_, map(Lexeme, words))
    return SearchQuery(lexemes, config="russian")


def relevance(words: Sequence[str]) -> SearchRank:
    """Return how well a row fits: the words often, and little beside them."""
    return SearchRank(F("search"), search_query(words), normalization=_DIVIDED_BY_LENGTH)


def _form(word: str) -> SearchQuery:
    return SearchQuery(Lexeme(word), config="russian")


def _beginning(word: str) -> SearchQuery:
    return SearchQuery(Lexeme(word, prefix=len(word) >= MIN_PREFIX), config="simple")
