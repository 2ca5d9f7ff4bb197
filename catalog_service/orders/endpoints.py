"""Orders as HTTP shows them, to who placed them and to the shop's staff."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from catalog_service.dependencies import (
    CatalogEditor,
    CatalogReader,
    ShopCurrency,
    may_edit,
    not_stored,
)
from catalog_service.errors import (
    CartEmpty,
    CartTotalTooLarge,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    NotEnoughStock,
    OrderInProgress,
    OrderNotCancellable,
    OrderNotFound,
    OrderNotPayable,
    ProductsUnavailable,
    TotalChanged,
)
from catalog_service.orders import checkout, service
from catalog_service.orders.key_header import KEY_PARAMETER, IdempotencyKeyHeader
from catalog_service.orders.schemas import (
    Cancellation,
    OrderPage,
    OrderQuery,
    OrderRead,
    Placement,
)
from shared.access.authentication import Principal
from shared.errors import (
    Forbidden,
)
from shared.http.problem_groups import BODY, VERIFIED, VERIFIED_AND_ALLOWED
from shared.http.problems import problems

ORDERS = "/api/v1/orders"

router = APIRouter(prefix=ORDERS, tags=["orders"], dependencies=[Depends(not_stored)])

OrderId = Annotated[UUID, Path(description="The order's id.")]

_KEY = (IdempotencyKeyMissing, IdempotencyKeyReused, OrderInProgress)
_REFUSED = (CartEmpty, ProductsUnavailable, TotalChanged, CartTotalTooLarge, NotEnoughStock)
_PLACED: dict[int | str, dict[str, Any]] = {
    201: {
        "headers": {
            "Location": {"description": "The order's path.", "schema": {"type": "string"}},
            "Idempotent-Replayed": {
                "description": "`true` where the key was sent before; else this is not sent.",
                "schema": {"type": "string", "enum": ["true"]},
            },
        }
    }
}


@router.post(
    "",
    status_code=201,
    response_model=OrderRead,
    responses=problems(*VERIFIED, *BODY, *_KEY, *_REFUSED) | _PLACED,
    openapi_extra={"parameters": [KEY_PARAMETER]},
)
async def place_order(
    buyer: CatalogReader,
    key: IdempotencyKeyHeader,
    currency: ShopCurrency,
    placement: Placement | None = None,
) -> Response:
    """Order what is in your cart, and empty it.

    Make a new key for each new order, and send the same key again after an answer that got lost:
    for 24 hours you get that answer. A refused request leaves nothing, and may be sent again.
    """
    wanted = placement or Placement()
    placed = await checkout.place_order(buyer.user_id, wanted, key=key, currency=currency)
    headers = {"Location": f"{ORDERS}/{json.loads(placed.body)['id']}", "Cache-Control": "no-store"}
    if placed.is_replayed:
        headers["Idempotent-Replayed"] = "true"
    return Response(placed.body, status_code=201, headers=headers, media_type="application/json")


@router.get("", responses=problems(*VERIFIED_AND_ALLOWED))
async def list_orders(
    reader: CatalogReader, query: Annotated[OrderQuery, Query()], currency: ShopCurrency
) -> OrderPage:
    """List your orders, the newest first; the shop's staff may list everybody's."""
    if query.everyone and not may_edit(reader):
        raise Forbidden
    only_of = None if query.everyone else reader.user_id
    return await service.list_orders(query, only_of=only_of, currency=currency)


@router.get("/{order_id}", responses=problems(*VERIFIED, OrderNotFound))
async def read_order(reader: CatalogReader, order_id: OrderId, currency: ShopCurrency) -> OrderRead:
    """Show an order of your own; the shop's staff sees any."""
    return await service.read_order(order_id, only_of=_limit(reader), currency=currency)


@router.post(
    "/{order_id}/cancel",
    responses=problems(*VERIFIED_AND_ALLOWED, *BODY, OrderNotFound, OrderNotCancellable),
)
async def cancel_order(
    reader: CatalogReader,
    order_id: OrderId,
    currency: ShopCurrency,
    cancellation: Cancellation | None = None,
) -> OrderRead:
    """Cancel your order before it is paid; the shop's staff cancels any, also a paid one.

    The staff may give a reason, which the buyer is shown.
    """
    wanted = cancellation or Cancellation()
    if wanted.reason is not None and not may_edit(reader):
        raise Forbidden
    return await service.cancel_order(
        order_id,
        wanted,
        only_of=_limit(reader),
        currency=currency,
        actor_id=reader.user_id,
    )


@router.post(
    "/{order_id}/pay", responses=problems(*VERIFIED_AND_ALLOWED, OrderNotFound, OrderNotPayable)
)
async def pay_order(editor: CatalogEditor, order_id: OrderId, currency: ShopCurrency) -> OrderRead:
    """Note that an order has been paid; for the shop's staff."""
    return await service.pay_order(order_id, currency=currency, actor_id=editor.user_id)


def _limit(reader: Principal) -> UUID | None:
    """Return whose orders `reader` may see, None for everybody's."""
    return None if may_edit(reader) else reader.user_id
