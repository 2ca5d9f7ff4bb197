"""What PostgreSQL can say of many rows and Tortoise has no word for."""

from typing import Any, cast

from pypika_tortoise.dialects import PostgreSQLQuery
from pypika_tortoise.functions import Cast
from pypika_tortoise.queries import QueryBuilder
from pypika_tortoise.terms import Criterion, Function, Term
from tortoise.connection import get_connection

from shared.database.statements import Rows, Slot


async def returned(text: str, values: list[Any]) -> Rows:
    """Have the primary run a statement that returns rows, be it an UPDATE or an INSERT."""
    return await get_connection("default").execute_query_dict(text, values)


def any_of(term: Term, name: str, element_type: str = "bigint") -> Criterion:
    """Compare with the elements of the array that the slot `name` will bring."""
    equality: Criterion = term == Function("ANY", array(name, element_type))
    return equality


def none_of(term: Term, name: str, element_type: str = "text") -> Criterion:
    """Be true where no element of the array of the slot `name` equals."""
    inequality: Criterion = term != Function("ALL", array(name, element_type))
    return inequality


def array(name: str, element_type: str) -> Term:
    """Return the array that the slot `name` will bring."""
    return Cast(Slot(name), f"{element_type}[]")


def typed(name: str, type_name: str) -> Term:
    """Return the slot `name` where PostgreSQL cannot tell its type."""
    return Cast(Slot(name), type_name)


def unnested(alias: str, **columns: str) -> QueryBuilder:
    """Return arrays of the same length as rows: a slot and a column for each name and type."""
    query = PostgreSQLQuery.select(
        *(Function("unnest", array(name, of)).as_(name) for name, of in columns.items())
    )
    return query.as_(alias)


def exists(query: QueryBuilder) -> Criterion:
    """Be true where `query` has a row."""
    return cast(Criterion, Function("EXISTS", query))
