"""Orders of a customer: one that is paid, one that waits, and one that is cancelled."""

import secrets

from standalone.demo.client import Client
from standalone.demo.people import CUSTOMER, MANAGER

_REASON = "The last samovar fell off the shelf"


def order(client: Client) -> None:
    """Place three orders of the demo products; the manager takes payment, and cancels."""
    products = client.ask(CUSTOMER, "GET", "/products?size=6")["items"]
    placed = [_placed(client, *products[start : start + 2]) for start in (0, 2, 4)]
    client.ask(MANAGER, "POST", f"/orders/{placed[0]}/pay")
    client.ask(MANAGER, "POST", f"/orders/{placed[1]}/cancel", {"reason": _REASON})
    client.ask(CUSTOMER, "POST", "/cart/items", {"items": [{"product_id": products[0]["id"]}]})


def _placed(client: Client, *products: dict[str, object]) -> str:
    """Return the id of an order of two pieces of each."""
    items = [{"product_id": one["id"], "quantity": 2} for one in products]
    cart = client.ask(CUSTOMER, "POST", "/cart/items", {"items": items})
    key = {"Idempotency-Key": secrets.token_hex(16)}
    wanted = {"expected_total": cart["total"]}
    return str(client.ask(CUSTOMER, "POST", "/orders", wanted, key)["id"])
