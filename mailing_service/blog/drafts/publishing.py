"""Publish articles now or later, and take them back: one conditional UPDATE each."""

from collections.abc import Callable
from datetime import datetime

from tortoise.expressions import F
from tortoise.transactions import in_transaction

from mailing_service.audit.service import MailingEvent
from mailing_service.blog.drafts.schemas import DraftRead
from mailing_service.blog.drafts.service import (
    TRIES,
    Seen,
    find_article,
    read_draft,
    show,
    write_down,
)
from mailing_service.blog.published import ArticleState, state_of
from mailing_service.caller import Caller
from mailing_service.errors import ArticleIsPublished
from mailing_service.models.articles import Article
from shared import clock
from shared.access.principal import Principal
from shared.errors import FieldProblem, PreconditionFailed, UnprocessableEntity
from shared.language.translation import Sentence


async def publish(article_id: int, *, editor: Principal, caller: Caller, seen: Seen) -> DraftRead:
    """Publish an article now; one that is published stays as it is.

    Raises ArticleNotFound and PreconditionFailed.
    """
    now = clock.now()

    def when(state: ArticleState, before: datetime | None) -> datetime | None:
        return before if state is ArticleState.PUBLISHED else now

    return await _move(article_id, MailingEvent.ARTICLE_PUBLISHED, when, editor, caller, seen)


async def schedule(
    article_id: int, publish_at: datetime, *, editor: Principal, caller: Caller, seen: Seen
) -> DraftRead:
    """Have an article appear by itself at an instant, also another than it had.

    Raises ArticleNotFound, PreconditionFailed, ArticleIsPublished, and UnprocessableEntity for an
    instant that is over.
    """
    if publish_at <= clock.now():
        past = FieldProblem("publish_at", Sentence("Must lie in the future"))
        raise UnprocessableEntity([past])

    def when(state: ArticleState, _before: datetime | None) -> datetime | None:
        if state is ArticleState.PUBLISHED:
            raise ArticleIsPublished
        return publish_at

    return await _move(article_id, MailingEvent.ARTICLE_SCHEDULED, when, editor, caller, seen)


async def withdraw(article_id: int, *, editor: Principal, caller: Caller, seen: Seen) -> DraftRead:
    """Make an article a draft again; a draft stays one.

    Raises ArticleNotFound and PreconditionFailed.
    """

    def when(_state: ArticleState, _before: datetime | None) -> datetime | None:
        return None

    return await _move(article_id, MailingEvent.ARTICLE_WITHDRAWN, when, editor, caller, seen)


async def _move(
    article_id: int,
    event: MailingEvent,
    when: Callable[[ArticleState, datetime | None], datetime | None],
    editor: Principal,
    caller: Caller,
    seen: Seen,
) -> DraftRead:
    """Give an article the instant of publication that `when` finds for it."""
    for _ in range(TRIES):
        before = await find_article(article_id, seen=seen)
        instant = when(state_of(before.published_at, clock.now()), before.published_at)
        if instant == before.published_at:
            return await show(before)
        chosen = Article.filter(id=article_id, revision=before.revision)
        async with in_transaction():
            if await chosen.update(published_at=instant, revision=F("revision") + 1):
                at = instant.isoformat() if instant else None
                await write_down(event, before, editor=editor, caller=caller, published_at=at)
                return await read_draft(article_id)
    raise PreconditionFailed
