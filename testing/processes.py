"""What a process of a test says of itself."""

import json
from asyncio.subprocess import Process


async def read_until(process: Process, text: str) -> str:
    """Return the line of standard error that has `text` in it."""
    assert process.stderr is not None
    async for line in process.stderr:
        if text in line.decode():
            return line.decode()
    raise AssertionError(f"ended without saying {text!r}")


async def address_of(service: Process) -> str:
    """Return the URL that a service says it listens at."""
    told: str = json.loads(await read_until(service, "running on"))["message"]
    return told.split()[3]
