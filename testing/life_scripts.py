"""The scripts in docs that walk through a life by curl: each ends where it says."""

import asyncio
import sys
from asyncio.subprocess import PIPE, STDOUT

from standalone.services import services
from standalone.settings import ROOT
from testing.background import BackgroundSystem


async def walk_through(system: BackgroundSystem, name: str, *, seconds: float) -> str:
    """Run `docs/NAME-life.sh` to its end and return what it prints; AssertionError if it fails."""
    [auth] = [program for program in services(system.settings) if program.name == "auth"]
    script = await asyncio.create_subprocess_exec(
        ROOT / "docs" / f"{name}-life.sh",
        cwd=ROOT,
        env={
            **auth.environment,
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "GATEWAY": system.url,
            "MAILBOX": f"{system.settings.url('auth')}/mailboxes",
            "VITRINA": f"{sys.executable} -m vitrina",
        },
        stdout=PIPE,
        stderr=STDOUT,
    )
    output, _ = await asyncio.wait_for(script.communicate(), timeout=seconds)
    assert script.returncode == 0, output.decode()
    return output.decode()
