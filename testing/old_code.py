"""The code of before each migration, kept beside the tests, because history may not be at hand.

It serves as a process of its own while the migration is applied. The commit before a migration is
kept by `make keep-version SERVICE=catalog MIGRATION=4`. The gateway has no migrations: its code is
kept under the number of the auth service's that it served beside (SERVICE=gateway).
"""

import asyncio
import json
import lzma
import os
import subprocess
import sys
import tarfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LEFT_OUT = ("**/tests/**", "shared/testing/**", "**/migrations/**", "**/demo/**")


def package_of(app: str) -> str:
    """Return the package that serves an app."""
    return app if app == "gateway" else f"{app}_service"


def archive_of(app: str, migration: int) -> Path:
    """Return where the code from before a migration is kept."""
    folder = ROOT / package_of(app) / "tests" / "upgrades"
    return folder / f"before_{migration}.tar.xz"


def keep(app: str, migration: int, commit: str = "HEAD") -> None:
    """Keep what serves at `commit`; the archive names it (`git get-tar-commit-id`)."""
    left_out = [f":(exclude,glob){pattern}" for pattern in _LEFT_OUT]
    command = ["git", "archive", commit, package_of(app), "shared", *left_out]
    tar = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    archive_of(app, migration).write_bytes(lzma.compress(tar, preset=9 | lzma.PRESET_EXTREME))


def unpack(app: str, migration: int, folder: Path) -> Path:
    """Return `folder` with the code from before a migration in it."""
    with tarfile.open(archive_of(app, migration)) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, filter="data")
        else:  # Python 3.11.2, which Debian 12 has
            archive.extractall(folder)
    return folder


async def run(folder: Path, environment: Mapping[str, str], *arguments: str) -> Process:
    """Start `python …` with the code in `folder`."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, *arguments),
        cwd=folder,
        env={**os.environ, **environment},
        stdout=PIPE,
        stderr=PIPE,
    )


@asynccontextmanager
async def serving(folder: Path, package: str, environment: Mapping[str, str]) -> AsyncIterator[str]:
    """Have the service in `folder` answer at the address that this gives."""
    process = await run(folder, environment, "-m", package)
    try:
        address = await _address(process)
        reading = asyncio.create_task(process.communicate())
        yield address
        process.terminate()
        await reading
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _address(process: Process) -> str:
    assert process.stderr is not None
    said = []
    async for line in process.stderr:
        said.append(line.decode())
        if "running on" in said[-1]:
            message: str = json.loads(line)["message"]
            return message.split()[3]
    raise AssertionError("".join(said))


if __name__ == "__main__":
    keep(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
