"""Who may move an order from which status to which; docs/decisions/0021 shows the same table."""

from enum import StrEnum

from catalog_service.models import OrderStatus


class Actor(StrEnum):
    """In what capacity somebody moves an order."""

    OWNER = "owner"
    EDITOR = "editor"


TRANSITIONS: dict[tuple[OrderStatus, OrderStatus], frozenset[Actor]] = {
    (OrderStatus.PLACED, OrderStatus.PAID): frozenset({Actor.EDITOR}),
    (OrderStatus.PLACED, OrderStatus.CANCELLED): frozenset({Actor.OWNER, Actor.EDITOR}),
    (OrderStatus.PAID, OrderStatus.CANCELLED): frozenset({Actor.EDITOR}),
}


def sources(target: OrderStatus, actor: Actor) -> list[OrderStatus]:
    """Return the statuses from which `actor` may move an order to `target`."""
    return [
        source
        for (source, reached), actors in TRANSITIONS.items()
        if reached is target and actor in actors
    ]
