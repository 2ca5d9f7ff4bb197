"""Remove what nobody shows: pictures of no article after a while, and files of no picture.

Any number of workers may do it at the same time.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from tortoise.expressions import Subquery

from mailing_service.models.articles import Article
from mailing_service.models.pictures import Picture
from mailing_service.pictures.names import UNFINISHED, file_names, name_in, sources
from mailing_service.pictures.storage import Storage, StoredFile
from shared import clock
from shared.database.batches import delete_in_batches

UNDER_WAY: Final = timedelta(hours=1)
"""How young a file may be whose picture is about to be added; no upload takes so long."""

logger = logging.getLogger(__name__)


async def sweep(storage: Storage, retention: timedelta) -> int:
    """Remove what is not shown for longer than `retention`; return how many files there were."""
    await _note_unused()
    old = Picture.filter(unused_since__lt=clock.now() - retention)
    await delete_in_batches(old.order_by("unused_since"))
    shown = await _shown()
    removed, found = 0, set[str]()
    async for batch in storage.list():
        found.update(file.name for file in batch)
        removed += await _remove(storage, batch)
    _report_lost(shown, found)
    return removed


async def _note_unused() -> None:
    """Write down since when a picture is in no article; a copy of one may show it again."""
    covers = Subquery(Article.filter(cover__isnull=False).values("cover"))
    await Picture.filter(unused_since__isnull=True, name__not_in=covers).update(
        unused_since=clock.now()
    )
    await Picture.filter(unused_since__isnull=False, name__in=covers).update(unused_since=None)


async def _remove(storage: Storage, files: Iterable[StoredFile]) -> int:
    """Remove those of these files that belong to no picture, and to none that is under way.

    A file with a name that no picture of ours can have is somebody else's, and stays.
    """
    before, old = clock.now() - UNDER_WAY, dict[str, str]()
    for file in files:
        picture = name_in(file.name)
        if file.changed_at < before and sources(picture):
            old[file.name] = picture
    known = {row.name for row in await Picture.filter(name__in=[*old.values()])}
    unknown = [file for file in old if file.startswith(UNFINISHED) or old[file] not in known]
    for name in unknown:
        await storage.delete(name)
    return len(unknown)


async def _shown() -> list[str]:
    names = Picture.filter(unused_since__isnull=True).values_list("name", flat=True)
    return [str(name) for name in await names]


def _report_lost(shown: Iterable[str], found: set[str]) -> None:
    """Log how many pictures lack files; they are not removed, as the folder may be away."""
    if lost := sum(not found.issuperset(file_names(name)) for name in shown):
        logger.error("pictures have no files", extra={"pictures": lost})
