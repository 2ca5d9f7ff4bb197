"""What the services say of how far the installation has come; each may be away."""

import asyncio
from dataclasses import dataclass
from typing import Final

from web_service.pages.asking import Said, read_or_none
from web_service.pages.page import Page

SETUP: Final = "/api/v1/setup"
PRODUCTS: Final = "/api/v1/products"
MAIL_SERVER: Final = "/api/v1/mail-server"


@dataclass(frozen=True, slots=True)
class Facts:
    """What auth, the catalog and mailing have said; None of one that is away."""

    setup: Said | None
    products: int | None
    sending: Said | None


async def read_facts(page: Page) -> Facts:
    """Ask all three together; raises ApiRefused where the reader is no administrator any more."""
    setup, products, sending = await asyncio.gather(
        read_or_none(page.api, SETUP),
        read_or_none(page.api, PRODUCTS, {"size": 1}),
        read_or_none(page.api, MAIL_SERVER),
    )
    return Facts(setup, None if products is None else int(products["total"]), sending)
