"""Who may change the accounts of others: the type in a signature says it."""

from typing import Annotated

from fastapi import Depends

from auth_service.actor import Actor
from auth_service.dependencies import CurrentCaller
from shared.authentication import require_roles
from shared.principal import Principal
from shared.tokens import Role


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
