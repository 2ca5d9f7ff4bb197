"""Who may do what in the catalog, as types for an endpoint's signature."""

from typing import Annotated

from fastapi import Depends, Request, Response

from shared.access.authentication import CurrentPrincipal, Principal
from shared.access.roles import CATALOG_EDITORS
from shared.access.tokens import Role
from shared.errors import EmailNotVerified, Forbidden


def may_edit(principal: Principal) -> bool:
    """Tell whether `principal` is of the shop's staff."""
    return not principal.roles.isdisjoint(CATALOG_EDITORS)


async def _catalog_reader(request: Request, principal: CurrentPrincipal) -> Principal:
    is_required: bool = request.app.state.require_verified_email
    if is_required and not principal.email_verified:
        raise EmailNotVerified
    return principal


CatalogReader = Annotated[Principal, Depends(_catalog_reader)]
"""Anyone to whom the catalog is open: with a verified email, where the settings require that.

Such a person reads products, has a cart, and places orders.
"""


async def _catalog_editor(principal: CatalogReader) -> Principal:
    if not may_edit(principal):
        raise Forbidden
    return principal


CatalogEditor = Annotated[Principal, Depends(_catalog_editor)]
"""A manager or an administrator."""


async def _administrator(principal: CatalogReader) -> Principal:
    if Role.ADMIN.value not in principal.roles:
        raise Forbidden
    return principal


Administrator = Annotated[Principal, Depends(_administrator)]
"""An administrator."""


async def _currency(request: Request) -> str:
    currency: str = request.app.state.currency
    return currency


ShopCurrency = Annotated[str, Depends(_currency)]
"""The ISO 4217 code of the one currency of all prices."""


async def not_stored(response: Response) -> None:
    """Keep an answer that is one person's own out of every cache (RFC 9111 section 5.2.2.5)."""
    response.headers["Cache-Control"] = "no-store"
