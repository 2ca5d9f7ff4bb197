"""Tortoise's backend for asyncpg, with connections that a silent server cannot hold up.

asyncpg itself waits as long again until a statement that it gave up is cancelled, and for ever for
a connection of a pool. Tortoise takes `client_class` of the module that is named as `engine`.
"""

import asyncio
from typing import Any

import asyncpg
from asyncpg.pool import Pool
from tortoise.backends.asyncpg.client import AsyncpgDBClient

ENGINE = __name__
_GIVEN_UP = TimeoutError, asyncio.CancelledError


class AbandoningConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that is given up together with a statement that has no answer in time.

    PostgreSQL's own statement_timeout comes first where PostgreSQL works.
    """

    async def execute(self, *arguments: Any, **options: Any) -> Any:
        try:
            return await super().execute(*arguments, **options)
        except _GIVEN_UP:
            self.terminate()
            raise

    async def executemany(self, *arguments: Any, **options: Any) -> Any:
        try:
            return await super().executemany(*arguments, **options)
        except _GIVEN_UP:
            self.terminate()
            raise

    async def fetch(self, *arguments: Any, **options: Any) -> Any:
        try:
            return await super().fetch(*arguments, **options)
        except _GIVEN_UP:
            self.terminate()
            raise

    async def fetchrow(self, *arguments: Any, **options: Any) -> Any:
        try:
            return await super().fetchrow(*arguments, **options)
        except _GIVEN_UP:
            self.terminate()
            raise

    async def fetchval(self, *arguments: Any, **options: Any) -> Any:
        try:
            return await super().fetchval(*arguments, **options)
        except _GIVEN_UP:
            self.terminate()
            raise


class BoundedPool(Pool):  # type: ignore[misc]
    """A pool of which nobody waits for a connection longer than for a statement."""

    __slots__ = ("_acquire_timeout",)

    def __init__(self, *, command_timeout: float | None, **options: Any) -> None:
        # What asyncpg.create_pool fills in.
        defaults: dict[str, Any] = {
            "init_size": 0,
            "max_queries": 50_000,
            "max_inactive_connection_lifetime": 300.0,
            "connect": None,
            "setup": None,
            "init": None,
            "reset": None,
            "loop": None,
            "record_class": asyncpg.Record,
        }
        given = {**defaults, **options, "connection_class": AbandoningConnection}
        super().__init__(command_timeout=command_timeout, **given)
        self._acquire_timeout = command_timeout

    def acquire(self, *, timeout: float | None = None) -> Any:
        return super().acquire(timeout=self._acquire_timeout if timeout is None else timeout)


class BoundedClient(AsyncpgDBClient):
    """Tortoise's client over such a pool."""

    async def create_pool(self, **options: Any) -> Pool:
        return await BoundedPool(**options)


client_class = BoundedClient
