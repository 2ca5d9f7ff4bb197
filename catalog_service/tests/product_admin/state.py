"""What is stored, seen past the service."""

from typing import NamedTuple

from catalog_service.models import CatalogState, Product


class State(NamedTuple):
    """The one row that readers go by."""

    revision: int
    active_products: int


async def stored_state() -> State:
    state = await CatalogState.get(id=1)
    return State(state.revision, state.active_products)


async def really_active() -> int:
    return await Product.filter(is_active=True).count()
