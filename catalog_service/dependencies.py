"""Who may do what in the catalog, as types for an endpoint's signature."""

from typing import Annotated

from fastapi import Depends, Request, Response

from shared.authentication import Principal, VerifiedPrincipal
from shared.errors import Forbidden
from shared.tokens import Role

_EDITORS = frozenset({Role.MANAGER.value, Role.ADMIN.value})


def may_edit(principal: Principal) -> bool:
    """Tell whether `principal` is of the shop's staff."""
    return not principal.roles.isdisjoint(_EDITORS)


async def _catalog_editor(principal: VerifiedPrincipal) -> Principal:
    if not may_edit(principal):
        raise Forbidden
    return principal


CatalogReader = VerifiedPrincipal
"""Anyone whom the catalog is open to: he reads products, has a cart, and places orders."""

CatalogEditor = Annotated[Principal, Depends(_catalog_editor)]
"""A manager or an administrator."""


async def _currency(request: Request) -> str:
    currency: str = request.app.state.currency
    return currency


ShopCurrency = Annotated[str, Depends(_currency)]
"""The ISO 4217 code of the one currency of all prices."""


async def not_stored(response: Response) -> None:
    """Keep an answer that is one person's own out of every cache (RFC 9111 section 5.2.2.5)."""
    response.headers["Cache-Control"] = "no-store"
