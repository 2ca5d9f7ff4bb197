"""Mailings as their owners write them, and as managers see them.

`reader` is who asks: an owner sees their own, and a manager everybody's.
"""

from uuid import UUID

from tortoise.queryset import QuerySet

from mailing_service.errors import MailingNotFound
from mailing_service.mailings import choices
from mailing_service.mailings.choosing import (
    choose_quiet_hours,
    choose_window,
    window_columns,
)
from mailing_service.mailings.schemas import (
    MailingCreate,
    MailingPage,
    MailingQuery,
    MailingRead,
)
from mailing_service.mailings.showing import counts_of, show, summaries
from mailing_service.models.accounts import Account
from mailing_service.models.mailings import Mailing
from shared import clock
from shared.access.principal import Principal
from shared.cursor_pages import Cursors, read_page
from shared.errors import Forbidden, PreconditionFailed
from shared.values.time_zones import UTC


def etag(revision: int) -> str:
    """Return the entity tag of a mailing with this revision."""
    return f'"{revision}"'


async def list_mailings(
    query: MailingQuery, cursors: Cursors, *, reader: Principal, is_staff: bool
) -> MailingPage:
    """Return one page, the newest first; raises Forbidden for everybody's."""
    if query.everyone and not is_staff:
        raise Forbidden
    found = Mailing.all() if query.everyone else _own(reader.user_id)
    if query.purpose is not None:
        found = found.filter(purpose=query.purpose)
    if query.status is not None:
        found = found.filter(status=query.status)
    page = await read_page(found, query, cursors, list)
    counts = await counts_of([one.id for one in page.items])
    items = summaries(page.items, counts, reader_id=reader.user_id)
    return MailingPage(**{**dict(page), "items": items})


async def read_mailing(mailing_id: int, *, reader: Principal, is_staff: bool) -> MailingRead:
    """Return a mailing; raises MailingNotFound."""
    mailing = await find_mailing(mailing_id, reader=reader, is_staff=is_staff)
    return await show(mailing, reader_id=reader.user_id)


async def find_mailing(mailing_id: int, *, reader: Principal, is_staff: bool) -> Mailing:
    """Return the row of a mailing that `reader` may see; raises MailingNotFound."""
    seen = Mailing.all() if is_staff else _own(reader.user_id)
    mailing = await seen.get_or_none(id=mailing_id)
    if mailing is None:
        raise MailingNotFound
    return mailing


async def lock_own(mailing_id: int, owner: Principal, *, is_staff: bool) -> Mailing:
    """Lock a mailing of `owner` until the transaction ends.

    Raises MailingNotFound, or Forbidden for a manager, who sees another's and changes none.
    """
    mailing = await _own(owner.user_id).select_for_update().get_or_none(id=mailing_id)
    if mailing is not None:
        return mailing
    if is_staff and await Mailing.exists(id=mailing_id, owner_id__not=owner.user_id):
        raise Forbidden
    raise MailingNotFound


async def add_draft(owner_id: UUID, new: MailingCreate) -> Mailing:
    """Write a draft, in a transaction of the caller.

    Raises ChosenNotFound and UnprocessableEntity.
    """
    await choices.check_message(owner_id, new.message_id)
    zone = new.time_zone or await _zone_of(owner_id)
    starts = new.starts_at or clock.now().replace(microsecond=0)
    window = choose_window(starts, new.ends_at, zone=zone, repeat=new.repeat)
    choose_quiet_hours(new.quiet_hours, window)
    mailing = await Mailing.create(
        owner_id=owner_id,
        name=new.name,
        purpose=new.purpose,
        message_id=new.message_id,
        **window_columns(window, new.quiet_hours),
    )
    mailing.lists_chosen = await choices.choose_lists(mailing, new.list_ids)
    mailing.recipients_chosen = await choices.choose_recipients(mailing, new.recipient_ids)
    await mailing.save(update_fields=["lists_chosen", "recipients_chosen"])
    return mailing


def refuse_unseen(mailing: Mailing, tags: frozenset[str] | None) -> None:
    """Raise PreconditionFailed where `tags` of If-Match name no present revision."""
    if tags is not None and etag(mailing.revision) not in tags:
        raise PreconditionFailed


def _own(owner_id: UUID) -> QuerySet[Mailing]:
    return Mailing.filter(owner_id=owner_id, deleted_at=None)


async def _zone_of(owner_id: UUID) -> str:
    account = await Account.get_or_none(id=owner_id)
    return account.time_zone if account is not None else UTC
