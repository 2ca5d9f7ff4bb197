"""Write, change, copy and remove articles, published or not."""

from typing import Any, Final

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from mailing_service.accounts import service as accounts
from mailing_service.audit.service import MailingEvent, record
from mailing_service.blog.covers import require_its_text
from mailing_service.blog.drafts.schemas import (
    DraftCreate,
    DraftPage,
    DraftPreview,
    DraftQuery,
    DraftRead,
    DraftSummary,
    DraftUpdate,
)
from mailing_service.blog.published import in_state
from mailing_service.blog.rendering import Rendered, render, summary_of
from mailing_service.blog.searching import matching
from mailing_service.blog.slugs import UNNAMED, free_slug, slug_of
from mailing_service.caller import Caller
from mailing_service.errors import ArticleNotFound
from mailing_service.models.articles import Article, ArticleSlug
from shared import clock
from shared.access.principal import Principal
from shared.cursor_pages import Cursors, read_page
from shared.database.counting import capped_count
from shared.errors import PreconditionFailed
from shared.values.words import words

Seen = frozenset[int] | None
"""The revisions that the caller has seen; None where any may be changed."""

TRIES: Final = 5
"""Times that something is tried again which another one came before."""
_FORMER_SHOWN: Final = 100
_LISTED: Final = (
    *("id", "slug", "title", "language", "author", "cover", "cover_alt"),
    *("published_at", "revision", "created_at", "updated_at"),
)
"""Columns that lists read."""
_RENDERED: Final = frozenset({"title", "body", "excerpt"})
"""What the columns that follow from others are made of."""
_COPIED: Final = (
    *("title", "body", "html", "excerpt", "summary", "searchable", "language", "author"),
    *("cover", "cover_alt"),
)


async def list_drafts(query: DraftQuery, *, cursors: Cursors) -> DraftPage:
    """Return one page of all articles, the newest first."""
    now = clock.now()
    rows = in_state(query.state, now) if query.state is not None else Article.all()
    if query.language is not None:
        rows = rows.filter(language=query.language)
    if query.q is not None:
        rows = matching(rows, query.q)

    def show(found: list[Article]) -> list[DraftSummary]:
        return [DraftSummary(**DraftSummary.row(each, now)) for each in found]

    count = await capped_count(rows)
    page = await read_page(rows.only(*_LISTED), query, cursors, show, count=count)
    return DraftPage(**dict(page))


async def create_draft(wanted: DraftCreate, *, editor: Principal, caller: Caller) -> DraftRead:
    """Write an article; raises UnprocessableEntity for a link that is none."""
    rendered = await render(wanted.body)
    values = wanted.model_dump(exclude={"slug", "author"})
    values |= _derived(values, rendered)
    values["author"] = wanted.author if wanted.author is not None else await _name_of(editor)
    slug = slug_of(wanted.slug or wanted.title)
    return await _create(slug, values, editor=editor, caller=caller)


async def read_draft(article_id: int) -> DraftRead:
    """Return a whole article; raises ArticleNotFound."""
    return await show(await find_article(article_id))


async def change_draft(
    article_id: int, update: DraftUpdate, *, editor: Principal, caller: Caller, seen: Seen
) -> DraftRead:
    """Change what `update` names; where nothing would be different, the revision stays.

    Raises ArticleNotFound, PreconditionFailed, and UnprocessableEntity for a link that is none or
    a cover's text where there is no cover.
    """
    for _ in range(TRIES):
        before = await find_article(article_id, seen=seen)
        values = await _changes(before, update)
        if not values:
            return await show(before)
        if not _RENDERED.isdisjoint(values):
            whole = {name: values.get(name, getattr(before, name)) for name in _RENDERED}
            values |= _derived(whole, await render(whole["body"]))
        if await _change(before, values, editor=editor, caller=caller):
            return await read_draft(article_id)
    raise PreconditionFailed


async def copy_draft(article_id: int, *, editor: Principal, caller: Caller) -> DraftRead:
    """Write the same article again, as a draft; raises ArticleNotFound."""
    article = await find_article(article_id)
    values = {name: getattr(article, name) for name in _COPIED}
    slug = slug_of(article.title)
    return await _create(slug, values, editor=editor, caller=caller, copy_of=article_id)


async def delete_draft(article_id: int, *, editor: Principal, caller: Caller, seen: Seen) -> None:
    """Remove an article from everywhere; raises ArticleNotFound and PreconditionFailed."""
    article = await find_article(article_id, seen=seen)
    async with in_transaction():
        chosen = Article.filter(id=article_id)
        if seen is not None:
            chosen = chosen.filter(revision=article.revision)
        if not await chosen.delete():
            raise PreconditionFailed if seen is not None else ArticleNotFound
        await write_down(MailingEvent.ARTICLE_DELETED, article, editor=editor, caller=caller)


async def preview_draft(article_id: int, update: DraftUpdate) -> DraftPreview:
    """Return an article as readers would see it after a change, which is not stored.

    Raises ArticleNotFound, and UnprocessableEntity for a link that is none.
    """
    article = await find_article(article_id)
    changed = update.model_dump(exclude_unset=True, include=set(_RENDERED))
    whole = {name: changed.get(name, getattr(article, name)) for name in _RENDERED}
    rendered = await render(whole["body"])
    summary = summary_of(whole["excerpt"], rendered.text)
    return DraftPreview(title=whole["title"], excerpt=summary, html=rendered.html)


async def find_article(article_id: int, *, seen: Seen = None) -> Article:
    """Return an article; raises ArticleNotFound, and PreconditionFailed where it was not `seen`."""
    article = await Article.get_or_none(id=article_id)
    if article is None:
        raise ArticleNotFound
    if seen is not None and article.revision not in seen:
        raise PreconditionFailed
    return article


async def show(article: Article) -> DraftRead:
    """Return a whole article as its editors see it."""
    former = ArticleSlug.filter(article_id=article.id).exclude(slug=article.slug)
    slugs = [row["slug"] for row in await former.order_by("slug").limit(_FORMER_SHOWN).values()]
    return DraftRead(
        **DraftSummary.row(article, clock.now()),
        body=article.body,
        excerpt=article.excerpt,
        former_slugs=slugs,
    )


async def write_down(
    event: MailingEvent, article: Article, *, editor: Principal, caller: Caller, **details: Any
) -> None:
    """Note in the audit log what an editor did, in the caller's transaction."""
    await record(
        event,
        caller=caller,
        actor_id=editor.user_id,
        owner_id=article.author_id,
        article_id=article.id,
        slug=article.slug,
        **details,
    )


async def _create(
    slug: str, values: dict[str, Any], *, editor: Principal, caller: Caller, **details: Any
) -> DraftRead:
    for _ in range(TRIES):
        free = await free_slug(slug or UNNAMED)
        try:
            async with in_transaction():
                article = await Article.create(slug=free, author_id=editor.user_id, **values)
                await ArticleSlug.create(slug=free, article_id=article.id)
                await write_down(
                    MailingEvent.ARTICLE_WRITTEN, article, editor=editor, caller=caller, **details
                )
        except IntegrityError:
            continue  # another article was given it a moment ago
        return await read_draft(article.id)
    raise PreconditionFailed


async def _changes(before: Article, update: DraftUpdate) -> dict[str, Any]:
    """Return what `update` makes different."""
    values = update.model_dump(exclude_unset=True)
    if "slug" in values:
        values["slug"] = await free_slug(slug_of(values["slug"]), own=before.id)
    if "cover_alt" in values:
        require_its_text(before.cover, values["cover_alt"])
    return {name: value for name, value in values.items() if getattr(before, name) != value}


async def _change(
    before: Article, values: dict[str, Any], *, editor: Principal, caller: Caller
) -> bool:
    """Change the revision that was read; return False where it is another by now."""
    chosen = Article.filter(id=before.id, revision=before.revision)
    names = sorted(values.keys() & DraftUpdate.model_fields.keys())
    try:
        async with in_transaction():
            changes = {**values, "revision": F("revision") + 1, "updated_at": clock.now()}
            if not await chosen.update(**changes):
                return False
            if "slug" in values:
                await _keep_slug(values["slug"], before.id)
            await write_down(
                MailingEvent.ARTICLE_CHANGED, before, editor=editor, caller=caller, changed=names
            )
    except IntegrityError:
        return False  # another article was given this slug a moment ago
    return True


async def _keep_slug(slug: str, article_id: int) -> None:
    """Have a slug lead to an article for good; raises IntegrityError where it is another's."""
    if not await ArticleSlug.filter(slug=slug, article_id=article_id).exists():
        await ArticleSlug.create(slug=slug, article_id=article_id)


def _derived(values: dict[str, Any], rendered: Rendered) -> dict[str, Any]:
    """Return the columns that follow from title, excerpt and body."""
    spoken = " ".join((values["title"], values["excerpt"], rendered.text))
    return {
        "html": rendered.html,
        "summary": summary_of(values["excerpt"], rendered.text),
        "searchable": " ".join(words(spoken)),
    }


async def _name_of(editor: Principal) -> str:
    account = await accounts.find(editor.user_id)
    return account.full_name if account else ""
