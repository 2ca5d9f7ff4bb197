"""One streaming replica: it answers while it lives and has exactly what the primary has."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import asyncpg
from pypika_tortoise.queries import QueryBuilder
from pypika_tortoise.terms import Function

from catalog_service.models import CatalogState
from shared import clock
from shared.database.connection import UNAVAILABLE, open_pool
from shared.database.statements import Rows, Statement, build
from shared.telemetry.sql_spans import SqlSpans

TIMEOUT = 2.0
"""Seconds in which a replica must answer a probe; what it was asked until then goes elsewhere."""
SHORTEST_REST, LONGEST_REST = 0.01, 1.0
"""Seconds for which a replica that is behind is left alone, from the first time to the last."""

_FAILURES = asyncpg.PostgresError, *UNAVAILABLE

logger = logging.getLogger(__name__)


class ReplicaUnavailable(Exception):
    """This replica has no answer, or not that of the primary."""


class Replica:
    """A server that is read from. It is used once it has answered a probe."""

    def __init__(
        self, arguments: Mapping[str, Any], *, pool_size: int, spans: SqlSpans | None = None
    ) -> None:
        """Take asyncpg's arguments for a connection."""
        self.server = f"{arguments['host']}:{arguments['port']}"
        self.reads = {"answered": 0, "behind": 0, "failed": 0}
        self._arguments = {**arguments, "timeout": TIMEOUT}
        self._pool_size = pool_size
        self._spans = spans
        self.pool: asyncpg.Pool | None = None
        self._line: asyncpg.Connection | None = None  # for probes: never waits for readers
        self._one_probe = asyncio.Lock()
        self._is_well = False
        self._rest = SHORTEST_REST
        self._rests_until = 0.0
        self._behind_since: float | None = None
        self._told: str | None = None

    @property
    def is_used(self) -> bool:
        """Whether there is a point in asking."""
        return self._is_well and clock.monotonic() >= self._rests_until

    async def run(self, text: str, values: list[Any], *, wanted: int) -> Rows:
        """Return rows of the revision `wanted`, which each must say; raises ReplicaUnavailable.

        No rows tell nothing: whether there are none, the primary has to say.
        """
        assert self.pool is not None  # noqa: S101 - it is used
        try:
            rows: Rows = await self.pool.fetch(text, *values)
        except asyncpg.QueryCanceledError:
            raise  # too slow here is too slow there
        except _FAILURES as error:
            self._count_failure(error)
            raise ReplicaUnavailable from None
        if not rows:
            raise ReplicaUnavailable
        if rows[0]["revision"] != wanted:
            self._leave_alone()
            raise ReplicaUnavailable
        self._rest = SHORTEST_REST
        self.reads["answered"] += 1
        return rows

    async def probe(self, wanted: int) -> None:
        """Find out whether it lives, is a replica, and has the revision `wanted`.

        One that does not answer loses its connections, so that nobody waits for it any longer.
        """
        try:
            async with self._one_probe, asyncio.timeout(TIMEOUT):
                [state] = await self._ask()
                if self.pool is None:
                    self.pool = await open_pool(
                        self._arguments, size=self._pool_size, spans=self._spans
                    )
        except (ValueError, *_FAILURES) as error:
            await self.close()
            self._tell(f"does not answer ({type(error).__name__})")
            return
        if not state["is_replica"]:
            await self.close()
            self._tell("takes writes, so it is no streaming replica; nothing is read from it")
            return
        self._is_well = True
        self._tell(None)
        if state["revision"] == wanted:
            self._rests_until = 0.0
        if state["revision"] >= wanted:
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = clock.monotonic()

    async def close(self) -> None:
        """Break off whatever is under way; a probe connects again."""
        self._is_well = False
        pool, line, self.pool, self._line = self.pool, self._line, None, None
        if line is not None:
            line.terminate()
        if pool is not None:
            pool.terminate()

    def seconds_behind(self) -> float:
        """Return for how long it has been without the newest change of a product."""
        return 0.0 if self._behind_since is None else clock.monotonic() - self._behind_since

    async def _ask(self) -> Rows:
        if self._line is None or self._line.is_closed():
            self._line = await asyncpg.connect(**self._arguments)
        rows: Rows = await self._line.fetch(_PROBE.text)
        return rows

    def _leave_alone(self) -> None:
        """It is behind: let it catch up, for longer each time."""
        self.reads["behind"] += 1
        self._rests_until = clock.monotonic() + self._rest
        self._rest = min(2 * self._rest, LONGEST_REST)

    def _count_failure(self, error: Exception) -> None:
        self.reads["failed"] += 1
        if not isinstance(error, asyncpg.TransactionRollbackError):  # replay had to end this read
            self._is_well = False
            self._tell(f"has failed ({type(error).__name__})")

    def _tell(self, trouble: str | None) -> None:
        """Log what has changed."""
        if trouble == self._told:
            return
        self._told = trouble
        message = f"a replica of CATALOG_REPLICA_URLS {trouble or 'is used again'}"
        logger.log(
            logging.WARNING if trouble else logging.INFO, message, extra={"server": self.server}
        )


def _probe() -> QueryBuilder:
    revision = build(CatalogState.filter(id=1), "revision")
    return revision.select(Function("pg_is_in_recovery").as_("is_replica"))


_PROBE = Statement(_probe)
