"""The script that shows newcomers the life of an account does what it says."""

import asyncio
import shutil
from asyncio.subprocess import PIPE, STDOUT

import pytest

from standalone.settings import ROOT
from testing.background import BackgroundSystem


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
async def test_an_account_lives_and_ends_by_curl_alone(system: BackgroundSystem) -> None:
    script = await asyncio.create_subprocess_exec(
        ROOT / "docs" / "account-life.sh",
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "GATEWAY": system.url,
            "MAILBOX": f"{system.settings.url('auth')}/mailboxes",
        },
        stdout=PIPE,
        stderr=STDOUT,
    )
    told, _ = await asyncio.wait_for(script.communicate(), timeout=120)

    assert script.returncode == 0, told.decode()
    assert told.decode().endswith("# That was a whole life.\n")
