"""What the services say of how far the installation has come; each may be away."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from web_service.errors import ApiRefused, ApiUnavailable
from web_service.gateway_client.api import Query
from web_service.pages.page import Page

SETUP: Final = "/api/v1/setup"
PRODUCTS: Final = "/api/v1/products"
MAIL_SERVER: Final = "/api/v1/mail-server"
_UNAUTHORIZED: Final = (401, 403)
Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """What auth, the catalog and mailing have said; None of one that is away."""

    setup: Said | None
    products: int | None
    sending: Said | None


async def read_facts(page: Page) -> Facts:
    """Ask all three together; raises ApiRefused where the reader is no administrator any more."""
    setup, products, sending = await asyncio.gather(
        _read(page, SETUP), _read(page, PRODUCTS, {"size": 1}), _read(page, MAIL_SERVER)
    )
    return Facts(setup, None if products is None else int(products["total"]), sending)


async def _read(page: Page, path: str, query: Query | None = None) -> Said | None:
    try:
        said: Said = (await page.api.get(path, query)).data
    except ApiUnavailable:
        return None
    except ApiRefused as refused:
        if refused.status in _UNAUTHORIZED:
            raise
        return None
    return said
