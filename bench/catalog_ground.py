"""What every measurement of the catalog stands on: a key set that is served, and a full shop."""

import sys
from contextlib import ExitStack
from pathlib import Path

from pydantic import SecretStr

from bench.load import LOAD_CORE
from bench.peers.ground import Ground
from bench.processes import free_port, pinned, wait_for
from bench.tokens import write_keys
from catalog_service.orm import APP
from catalog_service.tests.products.filling import fill
from shared.bootstrap import prepare_database
from shared.migrate import migrate
from shared.testing.database import new_database


def serve_keys(stack: ExitStack, folder: Path) -> Ground:
    """Start what serves the keys."""
    key_set, pem = write_keys(folder)
    port, log = free_port(), folder / "keys.log"
    command = [sys.executable, "-m", "bench.small_service", str(port), str(key_set)]
    stack.enter_context(pinned(command, core=LOAD_CORE, env={}, log=log))
    wait_for(f"http://127.0.0.1:{port}/", {}, log)
    return Ground(folder, f"http://127.0.0.1:{port}", key_set, pem)


async def filled_database(admin: str, products: int) -> str:
    """Make a database of so many products; return the URL that the service uses."""
    database = new_database(admin, APP)
    await prepare_database(admin, owner_url=database.owner_url, runtime_url=database.runtime_url)
    await migrate(SecretStr(database.owner_url), app=APP)
    await fill(database.owner_url, products)
    return database.runtime_url
