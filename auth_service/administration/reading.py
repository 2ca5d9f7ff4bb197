"""Find people."""

from collections.abc import Sequence
from math import ceil
from uuid import UUID

from pypika_tortoise.enums import Order
from pypika_tortoise.queries import QueryBuilder, Table
from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

from auth_service.actor import Actor
from auth_service.administration.schemas import UserPage, UserQuery
from auth_service.administration.searching import found_by_parts, met_on_a_walk, named_exactly
from auth_service.errors import NoSuchUser
from auth_service.models import User
from auth_service.sessions.schemas import SessionRead
from auth_service.sessions.service import list_sessions
from auth_service.tokens.issuing import TokenIssuer
from auth_service.users.schemas import UserRead
from shared.database.counting import MAX_COUNTED, CappedCount, capped_count
from shared.database.statements import build, fetch, primary


async def list_users(query: UserQuery) -> UserPage:
    """Return one page of the accounts that are not archived."""
    ids, count = await _found(query)
    rows = {user.id: user for user in await User.filter(id__in=ids)} if ids else {}
    return UserPage(
        items=[UserRead.model_validate(rows[user_id]) for user_id in ids if user_id in rows],
        total=count.total,
        total_is_capped=count.is_capped,
        page=query.page,
        size=query.size,
        pages=ceil(count.total / query.size),
    )


async def read_user(user_id: UUID) -> User:
    """Return an account that is not archived; raises NoSuchUser."""
    user = await User.get_or_none(id=user_id, archived_at=None)
    if user is None:
        raise NoSuchUser
    return user


async def list_sessions_of(
    user_id: UUID, *, actor: Actor, issuer: TokenIssuer
) -> list[SessionRead]:
    """Return where a person is signed in, the session used last first; raises NoSuchUser."""
    await read_user(user_id)
    return await list_sessions(user_id, asking=actor.session_id, issuer=issuer)


def _within(query: UserQuery) -> QuerySet[User]:
    """Return the accounts of the list, whatever they are called."""
    users = User.filter(archived_at=None)
    if query.role is not None:
        users = users.filter(roles__contains=[query.role.value])
    if query.is_active is not None:
        users = users.filter(is_active=query.is_active)
    if query.is_email_verified is not None:
        users = users.filter(is_email_verified=query.is_email_verified)
    return users


async def _found(query: UserQuery) -> tuple[Sequence[UUID], CappedCount]:
    """Return who stands on the page, and how many are on all of them.

    What is found by a few parts of a name is gathered and sorted; where there are many, a walk in
    the order of the list soon meets enough. Which they are is read before what they are, as an
    index may say it all.
    """
    users = _within(query)
    exactly = named_exactly(query.q) if query.q else None
    if exactly or not query.q:
        users = users.filter(exactly) if exactly else users
        count = CappedCount(await users.count(), is_capped=False)
        return await _ids(_in_order(build(users, "id"), query, User._meta.basetable)), count
    near = found_by_parts(users, query.q)
    count = await capped_count(near, most=MAX_COUNTED)
    if count.is_capped:
        walk = build(met_on_a_walk(users, query.q), "id")
        return await _ids(_in_order(walk, query, User._meta.basetable)), count
    gathered = build(near, "id", query.column).offset(0).as_("found")
    found = Table("found")
    page = get_connection("default").query_class.from_(gathered).select(found["id"])
    return await _ids(_in_order(page, query, found)), count


def _in_order(ids: QueryBuilder, query: UserQuery, table: Table) -> QueryBuilder:
    direction = Order.desc if query.sorts_downwards else Order.asc
    ordered = ids.orderby(table[query.column], table["id"], order=direction)
    return ordered.offset(query.offset).limit(query.size)


async def _ids(page: QueryBuilder) -> Sequence[UUID]:
    return [row["id"] for row in await fetch(page, primary)]
