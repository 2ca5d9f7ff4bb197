"""Find people."""

from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from auth_service.actor import Actor
from auth_service.administration.schemas import UserPage, UserQuery
from auth_service.errors import NoSuchUser
from auth_service.fields.identifiers import canonical_login
from auth_service.models import User
from auth_service.sessions.schemas import SessionRead
from auth_service.sessions.service import list_sessions
from auth_service.tokens.issuing import TokenIssuer
from auth_service.users.schemas import UserRead
from shared.values.words import words


async def list_users(query: UserQuery) -> UserPage:
    """Return one page of the accounts that are not archived."""
    found = _matching(query)
    order = (query.sort, f"{'-' if query.sort.startswith('-') else ''}id")
    rows = await found.order_by(*order).offset(query.offset).limit(query.size)
    items = [UserRead.model_validate(user) for user in rows]
    return UserPage.of(items, total=await found.count(), params=query)


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


def _matching(query: UserQuery) -> QuerySet[User]:
    users = User.filter(archived_at=None)
    if query.role is not None:
        users = users.filter(roles__contains=[query.role.value])
    if query.is_active is not None:
        users = users.filter(is_active=query.is_active)
    if query.is_email_verified is not None:
        users = users.filter(is_email_verified=query.is_email_verified)
    return users.filter(_mentions(query.q)) if query.q else users


def _mentions(text: str) -> Q:
    """Match an email or phone in any spelling exactly, anything else as a part.

    The first uses the unique index, the second reads all rows. Each word of a name is found
    wherever it stands, folded as names are.
    """
    login = canonical_login(text)
    if login is not None:
        kind, value = login
        return Q(**{kind: value})
    found = Q(full_name__icontains=text) | Q(email__icontains=text) | Q(phone__contains=text)
    if parts := words(text):
        found |= Q(*(Q(searchable_name__contains=part) for part in parts))
    return found
