"""Pages of the feed: first all accounts in the order of their ids, then what has changed since.

A change has a revision, which is given at its commit under a lock: what commits later has a higher
one, however long its transaction was open. So a follower that asks for what is above the highest
revision it has seen gets everything.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

from auth_service.account_feed.cursors import Cursor, parse
from auth_service.account_feed.schemas import AccountState, FeedPage
from auth_service.models import AccountChange, AccountFeed, User

PAGE = 1_000
"""Accounts of one page at most."""

_PLAIN = ("id", "full_name", "is_email_verified", "is_active", "roles", "language", "time_zone")


async def read_page(after: str) -> FeedPage:
    """Return what comes after a cursor; all accounts from the first where it is none of now.

    It is none of now where it is empty, of before a restore, or older than what is remembered.
    """
    cursor = parse(after)
    epoch = await _epoch()
    if cursor is not None and cursor.epoch == epoch:
        page = await _read(cursor)
        if (
            cursor.revision >= await _forgotten()
        ):  # after the page, of which nothing is missing then
            return page
    newest = await _newest_revision()
    return await _copy(Cursor(epoch, newest), restarts=True)


async def _read(cursor: Cursor) -> FeedPage:
    if cursor.copied_to is not None:
        return await _copy(cursor)
    changed = AccountChange.filter(revision__gt=cursor.revision).order_by("revision").limit(PAGE)
    rows = await changed.values_list("account_id", "revision")
    ids = [account_id for account_id, _ in rows]
    return FeedPage(
        cursor=str(Cursor(cursor.epoch, rows[-1][1] if rows else cursor.revision)),
        restarts=False,
        complete=len(rows) < PAGE,
        accounts=await _states_of(ids),
    )


async def _copy(cursor: Cursor, *, restarts: bool = False) -> FeedPage:
    """Return the next accounts by their ids; behind the last come the changes meanwhile."""
    users = User.filter(archived_at=None)
    if cursor.copied_to is not None:
        users = users.filter(id__gt=cursor.copied_to)
    rows = await users.order_by("id").limit(PAGE).values("email", *_PLAIN)
    copied_to = rows[-1]["id"] if len(rows) == PAGE else None
    return FeedPage(
        cursor=str(Cursor(cursor.epoch, cursor.revision, copied_to)),
        restarts=restarts,
        complete=False,
        accounts=[_state(row) for row in rows],
    )


async def _states_of(ids: Sequence[UUID]) -> list[AccountState]:
    """Return these accounts in this order; what is archived or not there is erased."""
    rows: Iterable[dict[str, Any]] = ()
    if ids:
        rows = await User.filter(id__in=ids, archived_at=None).values("email", *_PLAIN)
    known = {row["id"]: row for row in rows}
    return [
        _state(known[id_]) if id_ in known else AccountState(id=id_, is_erased=True) for id_ in ids
    ]


def _state(row: dict[str, Any]) -> AccountState:
    """Show an account; an address that nobody has verified is nobody's."""
    email = row["email"] if row["is_email_verified"] else None
    return AccountState(**{name: row[name] for name in _PLAIN}, email=email)


async def _newest_revision() -> int:
    newest = await AccountChange.all().order_by("-revision").first().values_list("revision")
    return max(newest[0] if newest else 0, await _forgotten())


async def _forgotten() -> int:
    feed = await AccountFeed.get_or_none(id=1)
    return feed.forgotten if feed is not None else 0


async def _epoch() -> str:
    """Return what is another after a restore or a failover, which may have lost changes."""
    [row] = await get_connection("default").execute_query_dict("SELECT account_feed_epoch() AS e")
    return str(row["e"])
