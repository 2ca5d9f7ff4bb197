"""Tortoise over asyncpg: its configuration, its lifespan, and what its absence looks like."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.exceptions import ConfigurationError, DBConnectionError

from shared.database.pool import ENGINE, BoundedPool
from shared.database_url import arguments_of
from shared.settings import DatabaseUrl
from shared.telemetry.metrics import Metrics
from shared.telemetry.sql_spans import SqlSpans

CONNECT_TIMEOUT = 5.0
"""Seconds in which PostgreSQL must accept a connection."""
COMMAND_TIMEOUT = 30.0
"""Seconds after which a statement is given up that PostgreSQL itself has no limit for."""
GRACE = 0.25
"""Seconds after its own limit in which PostgreSQL must say that a statement took too long."""

UNAVAILABLE: tuple[type[Exception], ...] = (
    DBConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.TransactionRollbackError,
    ConnectionError,
    OSError,
    TimeoutError,
)
"""What is raised when PostgreSQL is away, starting, stopping, full, or ends a deadlock."""


async def _keep_as_is(_connection: asyncpg.Connection) -> None:
    """Save a round trip after each use: nothing here changes a session (an open transaction is
    rolled back before this is called)."""


def connect_arguments(
    url: DatabaseUrl,
    *,
    app: str,
    command_timeout: float | None = COMMAND_TIMEOUT,
    statement_timeout: timedelta | None = None,
    server_settings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return asyncpg's arguments for one connection: what the URL says, and this.

    PostgreSQL itself gives up a statement after `statement_timeout`. One that hangs is given up
    for it a moment later, else after `command_timeout` seconds. `server_settings` is for the
    sessions of PostgreSQL.
    """
    arguments = {"timeout": CONNECT_TIMEOUT, **arguments_of(url.get_secret_value())}
    session = {"application_name": f"vitrina-{app}", **(server_settings or {})}
    if statement_timeout is not None:
        session["statement_timeout"] = str(round(statement_timeout.total_seconds() * 1000))
        command_timeout = statement_timeout.total_seconds() + GRACE
    arguments["server_settings"] = {**session, **arguments["server_settings"]}
    return {**arguments, "command_timeout": command_timeout}


def tortoise_config(
    url: DatabaseUrl, *, app: str, models: list[str], pool_size: int = 10, **session: Any
) -> dict[str, Any]:
    """Return the Tortoise configuration of one service: one connection pool, one app.

    `session` is what `connect_arguments` takes.
    """
    credentials = {
        **connect_arguments(url, app=app, **session),
        "minsize": 0,  # so that nobody queues behind the first who connects
        "maxsize": pool_size,
        "reset": _keep_as_is,
    }
    return {
        "connections": {"default": {"engine": ENGINE, "credentials": credentials}},
        "apps": {app: {"models": models, "default_connection": "default"}},
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def connected(config: dict[str, Any], spans: SqlSpans | None = None) -> AsyncIterator[None]:
    """Have Tortoise ready for as long as the context lasts; the pool connects when first used.

    Every task sees it, also those that began before; only one at a time in a process. With `spans`
    each statement of a request is one.
    """
    if spans is not None:
        for connection in config["connections"].values():
            connection["credentials"]["init"] = spans.watch
    # Kept by the names of connection and table, which another service's models may share.
    EXECUTOR_CACHE.clear()
    context = TortoiseContext()
    with context:
        await context.init(config=config, _enable_global_fallback=True)
    try:
        yield
    finally:
        await context.close_connections()


@asynccontextmanager
async def connected_here(config: dict[str, Any]) -> AsyncIterator[None]:
    """Have Tortoise ready in this task and those it starts, beside whatever others have."""
    EXECUTOR_CACHE.clear()
    async with TortoiseContext() as context:
        await context.init(config=config)
        yield


async def open_pool(
    arguments: Mapping[str, Any], *, size: int, spans: SqlSpans | None = None
) -> asyncpg.Pool:
    """Return a pool beside Tortoise's own, of connections to where `arguments` lead.

    It connects when it is first used.
    """
    watch = spans.watch if spans is not None else None
    return await BoundedPool(min_size=0, max_size=size, init=watch, reset=_keep_as_is, **arguments)


def watch_pool(metrics: Metrics) -> None:
    """Show how many connections Tortoise has to PostgreSQL, and how many work."""
    watch_connections(metrics, _pool, server="primary")


def watch_connections(
    metrics: Metrics, look: Callable[[], asyncpg.Pool | None], *, server: str
) -> None:
    """Show how many connections are in the pool that `look` returns, and how many work."""
    documentation = "Connections to PostgreSQL by server and what they do."

    most = "Connections to PostgreSQL that there may be."
    name = "vitrina_database_connections"

    def of_pool(count: Callable[[asyncpg.Pool], int]) -> Callable[[], int]:
        return lambda: 0 if (pool := look()) is None else count(pool)

    busy = of_pool(lambda pool: pool.get_size() - pool.get_idle_size())
    idle = of_pool(lambda pool: pool.get_idle_size())
    limit = of_pool(lambda pool: pool.get_max_size())
    metrics.watch("gauge", name, documentation, busy, server=server, state="busy")
    metrics.watch("gauge", name, documentation, idle, server=server, state="idle")
    metrics.watch("gauge", f"{name}_limit", most, limit, server=server)


def _pool() -> asyncpg.Pool | None:
    """Return Tortoise's; None before it is ready."""
    try:
        return getattr(get_connection("default"), "_pool", None)
    except (ConfigurationError, RuntimeError):
        return None


async def ping() -> None:
    """Raise when the database does not answer."""
    await get_connection("default").execute_query("SELECT 1")
