"""Tortoise over asyncpg: its configuration, its lifespan, and what its absence looks like."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.exceptions import ConfigurationError, DBConnectionError

from shared.metrics import Metrics
from shared.settings import DatabaseUrl
from shared.sql_spans import SqlSpans

CONNECT_TIMEOUT = 5.0
"""Seconds in which PostgreSQL must accept a connection."""
COMMAND_TIMEOUT = 30.0
"""Seconds after which a statement is given up."""

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


def tortoise_config(
    url: DatabaseUrl,
    *,
    app: str,
    models: list[str],
    pool_size: int = 10,
    command_timeout: float | None = COMMAND_TIMEOUT,
    statement_timeout: timedelta | None = None,
    server_settings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the Tortoise configuration of one service: one connection pool, one app.

    PostgreSQL itself gives up a statement after `statement_timeout`; `server_settings` is what
    else its sessions are told.
    """
    parts = urlsplit(url.get_secret_value())
    credentials: dict[str, Any] = {
        "host": parts.hostname,
        "port": parts.port or 5432,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": unquote(parts.path.lstrip("/")),
        "minsize": 1,
        "maxsize": pool_size,
        "timeout": CONNECT_TIMEOUT,
        "command_timeout": command_timeout,
        "application_name": f"vitrina-{app}",
        "reset": _keep_as_is,
        "server_settings": dict(server_settings or {}),
    }
    if statement_timeout is not None:
        milliseconds = round(statement_timeout.total_seconds() * 1000)
        credentials["server_settings"]["statement_timeout"] = str(milliseconds)
    return {
        "connections": {
            "default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}
        },
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
    async with TortoiseContext() as context:
        await context.init(config=config)
        yield


def watch_pool(metrics: Metrics) -> None:
    """Show how many connections to PostgreSQL there are, and how many work."""
    documentation = "Connections to PostgreSQL by what they do."
    name = "vitrina_database_connections"
    metrics.watch("gauge", name, documentation, lambda: _connections()[0], state="busy")
    metrics.watch("gauge", name, documentation, lambda: _connections()[1], state="idle")
    most = "Connections to PostgreSQL that there may be."
    metrics.watch("gauge", "vitrina_database_connections_limit", most, lambda: _connections()[2])


def _connections() -> tuple[int, int, int]:
    """Return how many are busy, idle, and may be; none before the first is made."""
    try:
        pool = getattr(get_connection("default"), "_pool", None)
    except (ConfigurationError, RuntimeError):
        pool = None
    if pool is None:
        return 0, 0, 0
    idle = pool.get_idle_size()
    return pool.get_size() - idle, idle, pool.get_max_size()


async def ping() -> None:
    """Raise when the database does not answer."""
    await get_connection("default").execute_query("SELECT 1")
