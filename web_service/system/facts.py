"""What gateway, auth and mailing say of the system: asked together, for two seconds each."""

import asyncio
from dataclasses import dataclass
from typing import Final

from web_service.first_steps.facts import MAIL_SERVER, SETUP
from web_service.pages.asking import Said, read_or_none
from web_service.pages.page import Page

HEALTH: Final = "/api/v1/health"
SIGNING_KEYS: Final = "/api/v1/signing-keys"
SECONDS: Final = 2.0
"""For each of them."""
HEALTH_SECONDS: Final = 2.5
"""The gateway waits two for a service that hangs, and then says so."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was said; None where nothing was, in time."""

    health: Said | None
    keys: Said | None
    setup: Said | None
    sending: Said | None


async def read_facts(page: Page) -> Facts:
    """Ask for all; raises ApiRefused where the reader is no administrator any more."""
    api = page.api.within(SECONDS)
    return Facts(
        *await asyncio.gather(
            read_or_none(page.api.within(HEALTH_SECONDS), HEALTH),
            read_or_none(api, SIGNING_KEYS),
            read_or_none(api, SETUP),
            read_or_none(api, MAIL_SERVER),
        )
    )
