"""Pictures are kept whole or not at all, and fetched by everybody."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI

from mailing_service.errors import NoRoomForPictures, PictureNotFound
from mailing_service.models.pictures import Picture
from mailing_service.pictures import service
from mailing_service.pictures.names import file_names, sources
from mailing_service.pictures.service import Pictures
from mailing_service.tests.pictures.samples import opened, picture

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture
def pictures(app: FastAPI) -> Pictures:
    kept: Pictures = app.state.pictures
    return kept


@pytest.fixture
def file() -> Iterator[BinaryIO]:
    with TemporaryFile() as file:
        file.write(picture(size=(1000, 500)))
        yield cast(BinaryIO, file)


@pytest.fixture(autouse=True)
async def empty_folder(pictures_dir: Path) -> AsyncIterator[None]:
    yield
    for path in [*pictures_dir.glob("*"), *pictures_dir.glob(".*")]:
        path.unlink()


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_everybody_fetches_what_was_kept(
    pictures: Pictures, file: BinaryIO, stranger: httpx2.AsyncClient, pictures_dir: Path
) -> None:
    name = await pictures.keep(file)
    await service.add(name, created_by=uuid4())
    assert files(pictures_dir) == sorted(file_names(name))
    for source in sources(name):
        response = await stranger.get(source.url)
        assert response.status_code == 200
        assert opened(response.content).size == (source.width, source.height)
        assert int(response.headers["content-length"]) == len(response.content)


async def test_browsers_keep_a_picture_and_run_nothing_in_it(
    pictures: Pictures, file: BinaryIO, stranger: httpx2.AsyncClient
) -> None:
    name = await pictures.keep(file)
    headers = (await stranger.get(sources(name)[0].url)).headers
    assert headers["content-type"] == "image/webp"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "sandbox" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "nothing",
        "..%2f..%2fetc%2fpasswd",
        f"{'0' * 32}-10x10-10.webp",
        f"{'0' * 32}-10x10-11.webp",
        f".{'0' * 32}-10x10-10.webp.0000",
    ],
)
async def test_what_is_not_there_is_a_404_that_is_not_kept(
    name: str, stranger: httpx2.AsyncClient
) -> None:
    response = await stranger.get(f"/api/v1/pictures/{name}")
    assert response.status_code == 404
    assert response.headers["cache-control"] == "no-store"


async def test_a_row_without_its_file_shows_nothing(
    pictures: Pictures, file: BinaryIO, stranger: httpx2.AsyncClient, pictures_dir: Path
) -> None:
    name = await pictures.keep(file)
    await service.add(name, created_by=uuid4())
    (pictures_dir / file_names(name)[0]).unlink()
    response = await stranger.get(sources(name)[0].url)
    assert (response.status_code, response.json()["error"]) == (404, "picture_not_found")
    with pytest.raises(PictureNotFound):
        await pictures.open("../../settings")


async def test_a_disk_that_fills_up_on_the_way_leaves_nothing(
    pictures: Pictures, file: BinaryIO, pictures_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, calls = os.fsync, 0

    def full_later(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls > 3:  # one file, its folder, and the next file
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr("os.fsync", full_later)
    with pytest.raises(NoRoomForPictures):
        await pictures.keep(file)
    assert calls > 3
    assert files(pictures_dir) == []
    assert not await Picture.exists()


async def test_one_that_is_cancelled_leaves_nothing(
    pictures: Pictures, file: BinaryIO, pictures_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = asyncio.Event()
    put = pictures._storage.put

    async def put_and_wait(name: str, data: bytes) -> None:
        await put(name, data)
        first.set()
        await asyncio.sleep(600)

    monkeypatch.setattr(pictures._storage, "put", put_and_wait)
    keeping = asyncio.ensure_future(pictures.keep(file))
    await first.wait()
    assert len(files(pictures_dir)) == 1
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert files(pictures_dir) == []


async def test_the_same_picture_sent_twice_concurrently_is_two(pictures: Pictures) -> None:
    async def keep() -> str:
        with TemporaryFile() as file:
            file.write(picture(size=(300, 300)))
            return await pictures.keep(cast(BinaryIO, file))

    names = await asyncio.gather(keep(), keep())
    assert len({*names}) == 2
    for name in names:
        assert (await pictures.open(file_names(name)[0])).size > 0
