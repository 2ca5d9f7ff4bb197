"""Decoding happens in a process of its own, within time and memory, one picture at a time."""

import asyncio
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

import psutil
import pytest
from PIL import Image

from mailing_service.errors import PictureMoves, PictureTooLarge, PictureUnreadable
from mailing_service.pictures.decoder import WAITING, Decoder
from mailing_service.pictures.webp import MEMORY
from mailing_service.tests.pictures.samples import bomb, moving, opened, picture
from shared.errors import ServiceError, ServiceUnavailable


@contextmanager
def file_of(data: bytes) -> Iterator[BinaryIO]:
    with TemporaryFile() as file:
        file.write(data)
        yield cast(BinaryIO, file)


def program(tmp_path: Path, text: str) -> Decoder:
    """Return a decoder whose program is this one."""
    path = tmp_path / "program.py"
    path.write_text(text)
    return Decoder(program=path, timeout=60)


async def test_a_picture_comes_back_in_its_widths() -> None:
    with file_of(picture(size=(700, 350))) as file:
        made = await Decoder().renditions(file)
    assert [(each.width, each.height) for each in made] == [(480, 240), (700, 350)]
    assert [opened(each.data).size for each in made] == [(480, 240), (700, 350)]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (bomb(), PictureTooLarge),
        (moving("PNG"), PictureMoves),
        (b"", PictureUnreadable),
        (b"%PDF-1.7", PictureUnreadable),
    ],
)
async def test_a_refusal_says_why(data: bytes, error: type[ServiceError]) -> None:
    with file_of(data) as file, pytest.raises(error):
        await Decoder().renditions(file)


@pytest.mark.parametrize(
    "text",
    [
        "import os; os.abort()",
        "raise SystemExit(1)",
        "print('{}')",
        "print('no JSON')",
        "print('[]')",
        'print(\'{"refused": "something else"}\')',
        "print('{\"files\": [[1, 1, 1000]]}')",
        "print('{\"files\": [[1, 1, 100000000000]]}')",
        "print('{\"files\": [[1, 1, -1]]}')",
        'print("x" * 10_000_000)',
    ],
)
async def test_a_decoder_that_breaks_breaks_nothing_else(tmp_path: Path, text: str) -> None:
    with file_of(b"") as file, pytest.raises(PictureUnreadable):
        await program(tmp_path, text).renditions(file)


async def test_one_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    text = (
        "import os, sys, time\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    path = tmp_path / "program.py"
    path.write_text(text)
    with file_of(b"") as file, pytest.raises(PictureUnreadable):
        await Decoder(program=path, timeout=3).renditions(file)
    pid = tmp_path / "pid"
    assert not pid.exists() or not psutil.pid_exists(int(pid.read_text()))


async def test_the_program_has_no_secret_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILING_SECRETS", "secret")
    text = f"import os\nopen({str(tmp_path / 'found')!r}, 'w').write(repr(dict(os.environ)))\n"
    with file_of(b"") as file, pytest.raises(PictureUnreadable):
        await program(tmp_path, text).renditions(file)
    assert "secret" not in (tmp_path / "found").read_text()


async def test_only_so_many_wait_for_their_turn(tmp_path: Path) -> None:
    decoder = program(tmp_path, "import time; time.sleep(600)")
    with file_of(b"") as file:
        waiting = [asyncio.ensure_future(decoder.renditions(file)) for _ in range(WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(ServiceUnavailable):
            await decoder.renditions(file)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    with file_of(picture()) as file:  # and when they are gone others have their turn
        decoder._program = Decoder()._program
        assert await decoder.renditions(file)


async def test_four_large_pictures_take_the_memory_of_one() -> None:
    image = Image.effect_noise((500, 375), 90).resize((6000, 4500)).convert("RGBA")
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    decoder, here, peak, together = Decoder(), psutil.Process(), 0, 0

    async def watch() -> None:
        nonlocal peak, together
        while True:
            children = here.children(recursive=True)
            sizes = []
            for child in children:
                try:
                    if any("webp.py" in argument for argument in child.cmdline()):
                        sizes.append(child.memory_info().rss)
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            peak, together = max(peak, sum(sizes)), max(together, len(sizes))
            await asyncio.sleep(0.005)

    watching = asyncio.ensure_future(watch())

    async def decode() -> int:
        with file_of(buffer.getvalue()) as file:
            return len(await decoder.renditions(file))

    try:
        assert await asyncio.gather(*(decode() for _ in range(4))) == [3] * 4
    finally:
        watching.cancel()
    assert together == 1
    assert 0 < peak < MEMORY // 2, f"{peak / 2**20:.0f} MiB"
