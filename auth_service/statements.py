"""Statements in every sign-in's and refresh's way: written by Tortoise once, then run again.

Building one costs several times what running it does, and the same one is built for everybody.
"""

from collections.abc import Callable
from typing import Any, cast

from tortoise.connection import get_connection
from tortoise.queryset import AwaitableQuery


class Statement:
    """What `build` returns, with other values: they come in the order in which the SQL has them.

    That is: what is set, then what is asked for, each from left to right. Values are what the
    database takes (an enumeration's value, JSON as text), because no field converts them.
    """

    def __init__(self, build: Callable[[], AwaitableQuery[Any]]) -> None:
        """Take how to build it, which has to wait until the models are connected."""
        self._build = build
        self._sql: str | None = None

    async def rows(self, *values: object) -> list[dict[str, Any]]:
        """Run it here, in the transaction if there is one; return what it found."""
        found = await get_connection("default").execute_query_dict(self._text, [*values])
        return cast("list[dict[str, Any]]", found)

    async def changed(self, *values: object) -> int:
        """Run it likewise; return how many rows it changed."""
        count, _ = await get_connection("default").execute_query(self._text, [*values])
        return count

    @property
    def _text(self) -> str:
        if self._sql is None:
            self._sql = self._build().sql()
        return self._sql
