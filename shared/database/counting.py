"""Counting no further than it is worth."""

from typing import Any, NamedTuple

from pypika_tortoise.functions import Count
from pypika_tortoise.queries import QueryBuilder
from pypika_tortoise.terms import Star
from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

MAX_COUNTED = 10_000
"""Rows that a list with filters counts; beyond, its total is this and is said to be capped."""


class CappedCount(NamedTuple):
    """How many there are, or, where `is_capped`, how many there are at least."""

    total: int
    is_capped: bool

    @classmethod
    def of(cls, counted: int, *, most: int = MAX_COUNTED) -> "CappedCount":
        """Read what `counting` has counted."""
        return cls(min(counted, most), counted > most)


async def capped_count(matches: QuerySet[Any], *, most: int = MAX_COUNTED) -> CappedCount:
    """Count `matches`, but no more than `most` of them."""
    connection = get_connection("default")
    [row] = await connection.execute_query_dict(
        *counting(matches, most=most).get_parameterized_sql()
    )
    return CappedCount.of(row["counted"], most=most)


def counting(matches: QuerySet[Any], *, most: int = MAX_COUNTED) -> QueryBuilder:
    """Return the query that counts `matches` as `counted`, up to one more than `most`.

    Tortoise's own `.limit(n).count()` counts everything before it cuts the number.
    """
    some = matches.limit(most + 1).values("id")
    some.sql()  # makes the query
    query_class = get_connection("default").query_class
    return query_class.from_(some.query.as_("some")).select(Count(Star(), "counted"))
