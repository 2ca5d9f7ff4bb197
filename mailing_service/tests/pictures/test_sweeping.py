"""What nobody shows goes, after a while, and nothing else."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from mailing_service.models.articles import Article
from mailing_service.models.pictures import Picture
from mailing_service.pictures import service
from mailing_service.pictures.names import file_names, new_name
from mailing_service.pictures.storage import Folder
from mailing_service.pictures.sweeping import UNDER_WAY, sweep
from mailing_service.tests.blog.writing import add_article
from shared import clock
from testing.database import ServiceDatabase
from testing.mailing.runs import orm

KEPT = timedelta(days=7)


@pytest.fixture(autouse=True)
async def tables(database: ServiceDatabase, empty_tables: None) -> AsyncIterator[None]:
    async with orm(database.runtime_url):
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pictures"


@pytest.fixture
def folder(path: Path) -> Folder:
    return Folder(path)


async def put(folder: Folder, path: Path, *, age: timedelta = 2 * UNDER_WAY) -> str:
    """Keep the files of a picture, which are so old."""
    name = new_name(1000, 500)
    for file in file_names(name):
        await folder.put(file, b"webp")
    make_older(path, age)
    return name


def make_older(path: Path, age: timedelta) -> None:
    then = (clock.now() - age).timestamp()
    for file in path.iterdir():
        os.utime(file, (then, then))


async def shown(folder: Folder, path: Path, slug: str = "tea") -> tuple[str, Article]:
    """Keep a picture that an article shows."""
    name = await put(folder, path)
    await service.add(name, created_by=uuid4())
    return name, await add_article(slug, cover=name, cover_alt="A cup of tea")


def files(path: Path) -> set[str]:
    return {file.name for file in path.iterdir()}


async def test_what_an_article_shows_stays(folder: Folder, path: Path) -> None:
    name, _ = await shown(folder, path)
    make_older(path, timedelta(days=1000))
    assert await sweep(folder, KEPT) == 0
    assert files(path) == {*file_names(name)}
    assert (await Picture.get()).unused_since is None


async def test_files_of_no_picture_go_once_they_cannot_be_under_way(
    folder: Folder, path: Path
) -> None:
    name = await put(folder, path)
    (path / f".{file_names(name)[0]}.0123").write_bytes(b"half")
    young = await put(folder, path, age=timedelta())
    for file in file_names(young):
        os.utime(path / file)
    older = files(path) - {*file_names(young)}
    for file in older:
        then = (clock.now() - 2 * UNDER_WAY).timestamp()
        os.utime(path / file, (then, then))
    assert await sweep(folder, KEPT) == 4
    assert files(path) == {*file_names(young)}


async def test_what_is_not_ours_stays(folder: Folder, path: Path) -> None:
    path.mkdir()
    (path / "lost+found").mkdir()
    for name in ("holiday.webp", ".nfs0001", "passwd"):
        (path / name).touch()
    make_older(path, timedelta(days=1000))
    assert await sweep(folder, KEPT) == 0
    assert len(files(path)) == 4


async def test_a_picture_that_was_replaced_stays_for_caches_and_then_goes(
    folder: Folder, path: Path
) -> None:
    old, article = await shown(folder, path)
    new = await put(folder, path)
    await service.add(new, created_by=uuid4())
    await Article.filter(id=article.id).update(cover=new)

    assert await sweep(folder, KEPT) == 0
    since = (await Picture.get(name=old)).unused_since
    assert since is not None
    await Picture.filter(name=old).update(unused_since=clock.now() - KEPT + timedelta(hours=1))
    assert await sweep(folder, KEPT) == 0
    await Picture.filter(name=old).update(unused_since=clock.now() - KEPT - timedelta(hours=1))
    assert await sweep(folder, KEPT) == len(file_names(old))
    assert files(path) == {*file_names(new)}
    assert [picture.name for picture in await Picture.all()] == [new]


async def test_a_picture_of_two_articles_stays_until_both_are_gone(
    folder: Folder, path: Path
) -> None:
    name, article = await shown(folder, path)
    copy = await add_article("tea-2", cover=name, cover_alt="A cup of tea")
    await Article.filter(id=article.id).delete()
    await sweep(folder, KEPT)
    assert (await Picture.get()).unused_since is None
    await Article.filter(id=copy.id).delete()
    await sweep(folder, KEPT)
    assert (await Picture.get(name=name)).unused_since is not None


async def test_one_that_is_shown_again_is_forgotten_to_have_been_unused(
    folder: Folder, path: Path
) -> None:
    name, article = await shown(folder, path)
    await Article.filter(id=article.id).update(cover=None)
    await sweep(folder, KEPT)
    await Article.filter(id=article.id).update(cover=name)
    await Picture.all().update(unused_since=clock.now() - KEPT + timedelta(hours=1))
    assert await sweep(folder, KEPT) == 0
    assert (await Picture.get()).unused_since is None


async def test_several_workers_sweep_concurrently(folder: Folder, path: Path) -> None:
    for _ in range(5):
        await put(folder, path)
    name, _ = await shown(folder, path)
    await asyncio.gather(*(sweep(folder, KEPT) for _ in range(4)))
    assert files(path) == {*file_names(name)}


async def test_a_folder_that_is_away_loses_no_rows_and_is_said(
    folder: Folder, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await shown(folder, path)
    with caplog.at_level(logging.ERROR):
        assert await sweep(Folder(path / "elsewhere"), KEPT) == 0
    assert [record.message for record in caplog.records] == ["pictures have no files"]
    assert await Picture.all().count() == 1
