"""Who may change the accounts of others, or ask for all: the type in a signature says it."""

import hmac
from typing import Annotated

from fastapi import Depends, Request

from auth_service.actor import Actor
from auth_service.dependencies import CurrentCaller, Settings
from shared.access.authentication import bearer_token, require_roles
from shared.access.principal import Principal
from shared.access.roles import STAFF
from shared.access.tokens import InvalidToken, Role
from shared.errors import Unauthorized


async def _administrator(
    principal: Annotated[Principal, require_roles(Role.ADMIN)], caller: CurrentCaller
) -> Actor:
    return Actor(principal.user_id, principal.session_id, caller)


async def _manager(
    principal: Annotated[Principal, require_roles(*STAFF)], caller: CurrentCaller
) -> Actor:
    return Actor(principal.user_id, principal.session_id, caller)


async def _other_service(request: Request, settings: Settings) -> None:
    """Compare with all secrets, each in constant time."""
    try:
        presented = bearer_token(request.headers.raw).encode()
    except InvalidToken as error:
        raise Unauthorized(error.reason) from None
    known = [secret.get_secret_value().encode() for secret in settings.internal_secrets]
    matches = [hmac.compare_digest(presented, secret) for secret in known]
    if not any(matches):
        raise Unauthorized("wrong_internal_secret")


Administrator = Annotated[Actor, Depends(_administrator)]
"""One who may do everything to everyone."""

Manager = Annotated[Actor, Depends(_manager)]
"""One who may see people and block customers; an administrator may do so too."""

OtherService = Annotated[None, Depends(_other_service)]
"""A process that presents one of the internal secrets."""
