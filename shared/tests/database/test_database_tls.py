"""`sslmode=verify-full` is for all that connect: services, migrations, preparation, replicas."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest
from pydantic import SecretStr
from tortoise.connection import get_connection

from shared.database.bootstrap import prepare_database
from shared.database.connection import connect_arguments, connected_here, open_pool, tortoise_config
from shared.migrating.run import one_at_a_time
from testing.database import new_database
from testing.tls import TlsServer, behind_tls

Connect: TypeAlias = Callable[[str], Awaitable[None]]


async def _service(url: str) -> None:
    config = tortoise_config(SecretStr(url), app="anything", models=["aerich.models"])
    async with connected_here(config):
        await get_connection("default").execute_query("SELECT 1")
        await get_connection("default").close()


async def _replica(url: str) -> None:
    pool = await open_pool(connect_arguments(SecretStr(url), app="anything"), size=1)
    try:
        await pool.fetchval("SELECT 1")
    finally:
        await pool.close()


async def _migrations(url: str) -> None:
    async with one_at_a_time(SecretStr(url)):
        pass


async def _preparation(url: str) -> None:
    made = new_database(url.partition("?")[0], "anything")
    await prepare_database(url, owner_url=made.owner_url, runtime_url=made.runtime_url)
    await made.drop()


CONNECT: list[Connect] = [_service, _replica, _migrations, _preparation]


@pytest.fixture
async def server(postgres_url: str, tmp_path: Path) -> AsyncIterator[TlsServer]:
    async with behind_tls(postgres_url, tmp_path) as server:
        yield server


@pytest.mark.parametrize("connect", CONNECT)
@pytest.mark.parametrize(
    ("mode", "host"),
    [("verify-full", "localhost"), ("verify-ca", "127.0.0.1"), ("require", "127.0.0.1")],
)
async def test_a_server_that_is_whom_it_says_is_believed(
    server: TlsServer, connect: Connect, mode: str, host: str
) -> None:
    await connect(server.wanting(mode, host=host, root=server.authority))

    assert server.encrypted[0]


@pytest.mark.parametrize("connect", CONNECT)
@pytest.mark.parametrize(
    ("mode", "host", "of"),
    [
        ("verify-full", "localhost", "stranger"),
        ("verify-full", "127.0.0.1", "authority"),
        ("verify-ca", "127.0.0.1", "stranger"),
        ("require", "127.0.0.1", "stranger"),
    ],
)
async def test_another_server_is_not(
    server: TlsServer, connect: Connect, mode: str, host: str, of: str
) -> None:
    root: Path = getattr(server, of)
    with pytest.raises(ssl.SSLCertVerificationError):
        await connect(server.wanting(mode, host=host, root=root))


async def test_the_system_has_not_heard_of_the_authority_of_the_tests(server: TlsServer) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await _service(server.wanting("verify-full", host="localhost"))


@pytest.mark.parametrize(
    ("mode", "is_encrypted"), [("disable", False), ("prefer", True), ("require", True)]
)
async def test_a_mode_that_verifies_nothing_says_only_whether_it_is_encrypted(
    server: TlsServer, mode: str, *, is_encrypted: bool
) -> None:
    await _service(server.wanting(mode))

    assert server.encrypted == [is_encrypted]


async def test_a_server_without_tls_is_refused_where_it_is_wanted(postgres_url: str) -> None:
    with pytest.raises(ConnectionError):
        await _service(f"{postgres_url}?sslmode=require")


async def test_names_and_options_reach_the_session(postgres_url: str) -> None:
    url = SecretStr(f"{postgres_url}?application_name=shop&options=-c%20work_mem%3D8MB")
    connection = await asyncpg.connect(**connect_arguments(url, app="auth"))
    try:
        told = "SELECT current_setting('application_name'), current_setting('work_mem')"
        assert tuple(await connection.fetchrow(told)) == ("shop", "8MB")
    finally:
        await connection.close()
