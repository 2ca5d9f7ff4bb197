"""What changes whenever an open answer about articles may.

Read it before the content, never after: then what is shown under it can only be newer.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from tortoise.expressions import F

from mailing_service.blog.published import published
from mailing_service.models.articles import ContentRevision

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


async def current() -> str:
    """Return the revision of the published articles: hexadecimal digits and a hyphen.

    It is the number that every change raises, and the instant of the newest publication that has
    fallen due: a scheduled article appears without a write.
    """
    state = await ContentRevision.get(id=1).values("revision")
    newest = await published().order_by("-published_at").first().values("published_at")
    due = (newest["published_at"] - _EPOCH) // _TICK if newest else 0
    return f"{state['revision']:x}-{due:x}"


async def advance() -> None:
    """Raise the revision where nothing in the database has changed, so that caches ask again."""
    await ContentRevision.filter(id=1).update(revision=F("revision") + 1)
