"""Give an article a picture at its head, and take it away."""

from typing import Any, BinaryIO

from tortoise.expressions import F
from tortoise.transactions import in_transaction

from mailing_service.audit.service import MailingEvent
from mailing_service.blog.drafts.schemas import DraftRead
from mailing_service.blog.drafts.service import (
    TRIES,
    Seen,
    find_article,
    read_draft,
    write_down,
)
from mailing_service.caller import Caller
from mailing_service.errors import ArticleNotFound
from mailing_service.models.articles import Article
from mailing_service.pictures import service as pictures_service
from mailing_service.pictures.service import Pictures
from shared import clock
from shared.access.principal import Principal
from shared.errors import PreconditionFailed


async def set_cover(
    article_id: int,
    file: BinaryIO,
    alt: str,
    *,
    pictures: Pictures,
    editor: Principal,
    caller: Caller,
    seen: Seen,
) -> DraftRead:
    """Show this picture at the head of an article, in the place of one that is there.

    Raises ArticleNotFound, PreconditionFailed, and what `Pictures.keep` raises. Where the database
    does not say whether it has the row, the files stay for the sweep.
    """
    name = await pictures.keep(file)
    try:
        await _change(
            article_id, {"cover": name, "cover_alt": alt}, editor=editor, caller=caller, seen=seen
        )
    except (ArticleNotFound, PreconditionFailed):
        await pictures.discard(name)
        raise
    return await read_draft(article_id)


async def remove_cover(article_id: int, *, editor: Principal, caller: Caller, seen: Seen) -> None:
    """Show no picture at the head of an article; raises ArticleNotFound and PreconditionFailed."""
    if (await find_article(article_id, seen=seen)).cover is not None:
        changes = {"cover": None, "cover_alt": ""}
        await _change(article_id, changes, editor=editor, caller=caller, seen=seen)


async def _change(
    article_id: int, changes: dict[str, Any], *, editor: Principal, caller: Caller, seen: Seen
) -> None:
    for _ in range(TRIES):
        before = await find_article(article_id, seen=seen)
        async with in_transaction():
            chosen = Article.filter(id=article_id, revision=before.revision)
            changed = {**changes, "revision": F("revision") + 1, "updated_at": clock.now()}
            if await chosen.update(**changed):
                if changes["cover"] is not None:
                    await pictures_service.add(changes["cover"], created_by=editor.user_id)
                event = MailingEvent.ARTICLE_CHANGED
                await write_down(event, before, editor=editor, caller=caller, changed=["cover"])
                return
    raise PreconditionFailed
