"""Who changes the accounts of others: the type in a signature says who may."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from auth_service.caller import Caller, CurrentCaller
from shared.authentication import Principal, require_roles
from shared.tokens import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A manager or administrator; without an id the operator at the command line."""

    user_id: UUID | None
    session_id: UUID | None
    caller: Caller


OPERATOR = Actor(user_id=None, session_id=None, caller=Caller(user_agent="command line"))


async def _administrator(
    principal: Annotated[Principal, require_roles(Role.ADMIN)], caller: CurrentCaller
) -> Actor:
    return Actor(principal.user_id, principal.session_id, caller)


async def _manager(
    principal: Annotated[Principal, require_roles(Role.MANAGER, Role.ADMIN)], caller: CurrentCaller
) -> Actor:
    return Actor(principal.user_id, principal.session_id, caller)


Administrator = Annotated[Actor, Depends(_administrator)]
"""One who may do everything to everyone."""

Manager = Annotated[Actor, Depends(_manager)]
"""One who may list people and block customers; an administrator may do so too."""
