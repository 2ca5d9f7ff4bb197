"""Have auth end sessions of which nothing else is wanted any more, as soon as it can be reached."""

import logging
from datetime import timedelta
from typing import Final

from tortoise.transactions import in_transaction

from shared import clock
from shared.secret_box import CannotOpen, SecretBox
from web_service.errors import ApiRefused, ApiUnavailable
from web_service.gateway_client.api import Api
from web_service.gateway_client.client import GatewayClient
from web_service.models import BrowserSession, TokenRevocation
from web_service.sessions import service

REVOKE: Final = "/api/v1/auth/revoke"
CALL_SECONDS: Final = 5.0
EVERY: Final = timedelta(seconds=1)
AGAIN_AFTER: Final = timedelta(seconds=10)
GIVEN_UP_AFTER: Final = timedelta(days=14)
"""When the token would have expired by itself."""
AT_MOST: Final = 20
_PURPOSE: Final = "refresh token to revoke"
_TOO_MANY: Final = 429

logger = logging.getLogger(__name__)


async def end_and_revoke(session: BrowserSession, refresh_token: str, box: SecretBox) -> None:
    """End the session here, and have its token revoked later."""
    async with in_transaction():
        await service.end(session)
        await revoke_later(refresh_token, box)


async def revoke_later(refresh_token: str, box: SecretBox) -> None:
    """Have a token revoked that no session here has."""
    sealed = box.seal(refresh_token.encode(), purpose=_PURPOSE)
    await TokenRevocation.create(sealed_token=sealed)


async def revoke_due(client: GatewayClient, box: SecretBox) -> None:
    """Have auth revoke what waits for it; a row goes once auth has confirmed it."""
    await TokenRevocation.filter(created_at__lt=clock.now() - GIVEN_UP_AFTER).delete()
    due = TokenRevocation.filter(next_try_at__lte=clock.now()).order_by("next_try_at")
    for row in await due.limit(AT_MOST):
        later = clock.now() + AGAIN_AFTER
        mine = TokenRevocation.filter(id=row.id, next_try_at=row.next_try_at)
        if await mine.update(next_try_at=later) and await _is_revoked(row, client, box):
            await TokenRevocation.filter(id=row.id).delete()


async def _is_revoked(row: TokenRevocation, client: GatewayClient, box: SecretBox) -> bool:
    try:
        token = box.open(bytes(row.sealed_token), purpose=_PURPOSE).decode()
        await Api(client, fields={}, seconds=CALL_SECONDS).post_form(REVOKE, {"token": token})
    except CannotOpen:
        return True  # its secret is gone, and with it every session
    except ApiUnavailable:
        logger.warning("token revocation failed", extra={"reason": "unavailable"})
        return False
    except ApiRefused as refused:
        logger.warning("token revocation failed", extra={"reason": refused.status})
        return refused.status != _TOO_MANY
    return True
