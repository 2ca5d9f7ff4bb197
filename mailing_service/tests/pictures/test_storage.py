"""Files are there whole or not at all, and a disk that is full is said in a word."""

import asyncio
import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mailing_service.errors import NoRoomForPictures
from mailing_service.pictures.storage import Folder, NoSuchFile, StoredFile
from shared.errors import ServiceUnavailable

HERE = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "pictures"


@pytest.fixture
def folder(path: Path) -> Folder:
    return Folder(path)


async def read(folder: Folder, name: str) -> bytes:
    opened = await folder.open(name)
    data = b"".join([piece async for piece in opened.pieces])
    assert len(data) == opened.size
    return data


async def listed(folder: Folder) -> list[StoredFile]:
    return [file async for batch in folder.list() for file in batch]


async def test_what_was_put_is_read_and_listed(folder: Folder) -> None:
    data = os.urandom(300_000)
    await folder.put("a", data)
    await folder.put("b", b"")
    assert await read(folder, "a") == data
    assert await read(folder, "b") == b""
    assert sorted(file.name for file in await listed(folder)) == ["a", "b"]


async def test_a_folder_that_is_not_there_is_empty(folder: Folder) -> None:
    assert await listed(folder) == []
    with pytest.raises(NoSuchFile):
        await folder.open("a")
    await folder.delete("a")


async def test_what_was_deleted_is_gone_and_may_be_deleted_again(folder: Folder) -> None:
    await folder.put("a", b"1")
    await folder.delete("a")
    await folder.delete("a")
    assert await listed(folder) == []


async def test_a_thousand_files_come_in_batches(folder: Folder, path: Path) -> None:
    path.mkdir(parents=True)
    for number in range(1001):
        (path / f"{number}").touch()
    batches = [len(batch) async for batch in folder.list()]
    assert sum(batches) == 1001
    assert len(batches) > 1


async def test_the_group_may_read_and_others_may_not(folder: Folder, path: Path) -> None:
    before = os.umask(0o077)
    try:
        await folder.put("a", b"1")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o2770
    assert stat.S_IMODE((path / "a").stat().st_mode) == 0o640


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
async def test_a_full_disk_is_said_and_leaves_nothing(
    folder: Folder, path: Path, call: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    target = "os.fsync" if call == "fsync" else "mailing_service.pictures.storage._write_durably"
    monkeypatch.setattr(target, full)
    with pytest.raises(NoRoomForPictures):
        await folder.put("a", b"1")
    assert list(path.iterdir()) == []


async def test_a_disk_that_is_really_full_is_said(folder: Folder, path: Path) -> None:
    path.mkdir(parents=True)
    code = (
        "import asyncio, resource, signal, sys\n"
        "from pathlib import Path\n"
        "from mailing_service.errors import NoRoomForPictures\n"
        "from mailing_service.pictures.storage import Folder\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try:\n"
        "    asyncio.run(Folder(Path(sys.argv[1])).put('a', bytes(1_000_000)))\n"
        "except NoRoomForPictures:\n"
        "    print('no room')\n"
    )
    command = [sys.executable, "-c", code, str(path)]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=HERE, check=True, capture_output=True, text=True
    )
    assert done.stdout == "no room\n"
    assert list(path.iterdir()) == []


async def test_a_place_that_is_away_is_said(folder: Folder, path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()  # a file where the folder should be
    with pytest.raises(ServiceUnavailable):
        await folder.put("a", b"1")
    with pytest.raises(ServiceUnavailable):
        await listed(folder)
    with pytest.raises(ServiceUnavailable):
        await folder.open("a")


async def test_a_process_that_is_killed_leaves_no_half_file(folder: Folder, path: Path) -> None:
    path.mkdir(parents=True)
    code = (
        "import asyncio, os, sys\n"
        "from pathlib import Path\n"
        "from mailing_service.pictures.storage import Folder\n"
        "os.fsync = lambda _: (print('writing', flush=True), sys.stdin.read())\n"
        "asyncio.run(Folder(Path(sys.argv[1])).put('a', b'half of it'))\n"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, str(path)),
        cwd=HERE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    assert await process.stdout.readline() == b"writing\n"
    process.send_signal(signal.SIGKILL)
    await process.communicate()

    with pytest.raises(NoSuchFile):
        await folder.open("a")
    [unfinished] = await listed(folder)
    assert unfinished.name.startswith(".a.")  # and is swept with others that nobody names
    await folder.put("a", b"all of it")
    assert await read(folder, "a") == b"all of it"


async def test_a_reader_sees_one_of_two_writers_whole(folder: Folder) -> None:
    ones, twos = b"1" * 500_000, b"2" * 500_000
    await asyncio.gather(*(folder.put("a", data) for data in (ones, twos) * 5))
    assert await read(folder, "a") in (ones, twos)
    assert len(await listed(folder)) == 1


async def test_a_reader_who_goes_away_leaves_no_open_file(folder: Folder) -> None:
    await folder.put("a", bytes(1_000_000))
    opened = await folder.open("a")
    await anext(opened.pieces)
    await opened.pieces.aclose()  # type: ignore[attr-defined]  # as the server does
    (await folder.open("a"))  # and one that reads nothing has opened none
