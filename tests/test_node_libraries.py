"""The client libraries of the browser's and Node's world work against the shop as they come."""

import asyncio
from pathlib import Path

import pytest

from testing.people import PASSWORD, Person, Shop

SCRIPT = Path(__file__).parent / "client_libraries" / "account.mjs"


@pytest.mark.node
async def test_oauth4webapi_and_jose_sign_in_refresh_verify_and_revoke(
    shop: Shop, url: str
) -> None:
    person = Person()
    (await shop.register(person)).raise_for_status()

    node = await asyncio.create_subprocess_exec(
        *("node", SCRIPT, url, person.email, PASSWORD),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await node.communicate()

    assert node.returncode == 0, output.decode()
