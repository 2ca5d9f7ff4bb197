"""The service and its commands as processes of their own: signals, kills and races."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import asyncpg
import httpx2
import pytest
from pydantic import SecretStr

from catalog_service.tests.conftest import UNAUTHORIZED
from catalog_service.tests.processes import Start
from catalog_service.tests.shell import count
from shared.migrating.run import one_at_a_time
from testing.database import ServiceDatabase
from testing.processes import address_of, read_until

pytestmark = [pytest.mark.usefixtures("empty_tables"), pytest.mark.timing]


@contextmanager
def ignored(number: signal.Signals) -> Iterator[None]:
    """Start programs as a shell script does in the background: this signal is ignored in them."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize("background", [False, True])
@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_a_loader_stopped_halfway_leaves_nothing(
    start: Start, database: ServiceDatabase, tmp_path: Path, kind: signal.Signals, background: bool
) -> None:
    pipe = tmp_path / "products.jsonl"
    os.mkfifo(pipe)
    with ignored(signal.SIGINT) if background else nullcontext():
        loader = await start("-m", "catalog_service.cli", "import", str(pipe))
    with await asyncio.to_thread(pipe.open, "w") as file:
        lines = '{"name": "Tea", "price": 1}\n' * 2500
        await asyncio.to_thread(print, lines, file=file, flush=True)
        await read_until(loader, "2000 lines read")
        loader.send_signal(kind)
        if kind is not signal.SIGINT:  # which is heard when the read is over
            await loader.wait()

    _, errors = await loader.communicate()

    assert loader.returncode == (130 if kind is signal.SIGINT else -kind)
    assert b"Traceback" not in errors
    assert await count(database) == 0


async def until_waiting(database: ServiceDatabase, processes: int) -> None:
    """Return when so many wait for their turn to prepare the database, beside whose turn it is."""
    preparing = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE application_name = 'vitrina-preparation' AND datname = current_database()"
    )
    connection = await asyncpg.connect(database.owner_url)
    try:
        async with asyncio.timeout(20):
            while await connection.fetchval(preparing) <= processes:
                await asyncio.sleep(0.02)
    finally:
        await connection.close()


async def test_demo_products_are_loaded_once_however_many_try(
    start: Start, database: ServiceDatabase
) -> None:
    async with one_at_a_time(SecretStr(database.runtime_url)):
        commands = [await start("-m", "catalog_service.cli", "load-demo") for _ in range(3)]
        await until_waiting(database, 3)

    said = [(await command.communicate())[0].decode() for command in commands]

    assert [command.returncode for command in commands] == [0] * 3
    assert sorted(said) == [
        "Loaded 208 demo products.\n",
        *["There are products already: no demo products loaded.\n"] * 2,
    ]
    assert await count(database) == 208


async def test_several_first_starts_concurrently_all_succeed(
    start: Start, database: ServiceDatabase
) -> None:
    commands = [await start("-m", "catalog_service.cli", "prepare", "--demo") for _ in range(3)]

    for command in commands:
        _, errors = await command.communicate()
        assert (command.returncode, errors) == (0, b"")
    assert await count(database) == 208


async def test_the_service_answers_until_it_is_stopped(start: Start) -> None:
    service = await start("-m", "catalog_service")

    async with httpx2.AsyncClient(base_url=await address_of(service)) as client:
        response = await client.get("/api/v1/products")
        assert (response.status_code, response.content) == (401, UNAUTHORIZED)
        assert "server" not in response.headers
    service.terminate()
    _, errors = await service.communicate()

    assert service.returncode in {0, -signal.SIGTERM}
    assert all(json.loads(line)["service"] == "catalog_service" for line in errors.splitlines())


@pytest.mark.soak
@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the peak of memory")
async def test_a_hundred_thousand_products_need_little_memory(
    database: ServiceDatabase, start: Start, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    lines = (f"Product {n},{n},SKU-{n}\n" for n in range(100_000))
    file.write_text("name,price,sku\n" + "".join(lines))
    program = (
        "import sys; from catalog_service.cli import main; code = main(sys.argv[1:]);"
        " print(open('/proc/self/status').read()); sys.exit(code)"
    )
    loader = await start("-c", program, "import", str(file))
    out, _ = await loader.communicate()

    assert loader.returncode == 0
    assert await count(database) == 100_000
    (peak,) = re.findall(rb"VmHWM:\s*(\d+) kB", out)
    assert int(peak) < 150 * 1024
