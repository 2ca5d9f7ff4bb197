"""Hold an account still, and the administrators with it, while somebody's rights change.

A change that might take away the last administrator locks all of them first, in the order of their
ids: then two who do it to each other concurrently wait, and the second sees what is left.
"""

from dataclasses import dataclass
from uuid import UUID

from tortoise.expressions import Q

from auth_service.errors import LastAdministrator, NoSuchUser
from auth_service.models import User
from shared.access.tokens import Role


@dataclass(frozen=True, slots=True)
class LockedUsers:
    """The account to change, and everyone who matters for whether it may be."""

    user: User
    by_id: dict[UUID, User]

    def require_another_administrator(self) -> None:
        """Raise LastAdministrator where nobody else could appoint a new one."""
        active = {user.id for user in self.by_id.values() if is_administrator(user)}
        if active == {self.user.id}:
            raise LastAdministrator


async def lock(user_id: UUID, *, also: UUID | None = None) -> LockedUsers:
    """Lock one account, `also` another, and all administrators until the transaction ends.

    Raises NoSuchUser, also for an archived account.
    """
    named = [user_id] if also is None else [user_id, also]
    rows = (
        await User.filter(Q(roles__contains=[Role.ADMIN.value]) | Q(id__in=named), archived_at=None)
        .order_by("id")
        .select_for_update()
    )
    by_id = {user.id: user for user in rows}
    if user_id not in by_id:
        raise NoSuchUser
    return LockedUsers(by_id[user_id], by_id)


def is_administrator(user: User) -> bool:
    """Tell whether this person can appoint others."""
    return user.is_active and Role.ADMIN.value in user.roles
