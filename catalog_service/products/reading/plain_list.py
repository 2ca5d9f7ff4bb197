"""The list of everything for sale: one statement a page, written once for each shape of it."""

from functools import lru_cache
from typing import Any

from pypika_tortoise.queries import QueryBuilder
from pypika_tortoise.terms import ContainsCriterion, Tuple
from tortoise.expressions import Subquery

from catalog_service.models import CatalogState, Product
from catalog_service.products.listing.query import Listing
from catalog_service.products.listing.views import Sort
from catalog_service.products.reading.queries import FETCHED
from shared.database.statements import Rows, Run, Slot, Statement, build

_NEAR = 1000
"""Products that are read to be skipped; of more, only their entries in an index are."""


async def fetch_page(listing: Listing, run: Run) -> Rows:
    """Return one row more than the page has, where there is one.

    Each also says what CatalogState says in the same snapshot: `revision`, `active_products`.
    """
    after = listing.after
    if after is not None:
        statement = _behind(listing.view.order, listing.size)
        return await statement.fetch(run, value=after.value, id=after.id)
    if listing.offset == 0:
        return await _first(listing.view.order, listing.size).fetch(run)
    statement = (_near if listing.offset <= _NEAR else _far)(listing.view.order)
    return await statement.fetch(run, offset=listing.offset, limit=listing.size + 1)


@lru_cache(maxsize=64)  # without slots: PostgreSQL keeps its plan too
def _first(order: Sort, size: int) -> Statement:
    return Statement(lambda: _with_state(order, is_active=True).limit(size + 1))


@lru_cache
def _near(order: Sort) -> Statement:
    return Statement(
        lambda: _with_state(order, is_active=True).offset(Slot("offset")).limit(Slot("limit"))
    )


@lru_cache
def _far(order: Sort) -> Statement:
    return Statement(lambda: _far_page(order))


def _far_page(order: Sort) -> QueryBuilder:
    """Skip to the page in the index alone, and not at all where it is behind the last."""
    state = build(CatalogState.filter(id=1), "active_products")
    ids = build(Product.filter(is_active=True).order_by(*order.orderings), "id")
    ids = ids.where(state > Slot("offset")).offset(Slot("offset")).limit(Slot("limit"))
    on_page: ContainsCriterion = Product._meta.basetable["id"].isin(ids)
    return _with_state(order).where(on_page)


@lru_cache(maxsize=64)
def _behind(order: Sort, size: int) -> Statement:
    return Statement(lambda: _page_behind(order, size))


def _page_behind(order: Sort, size: int) -> QueryBuilder:
    """PostgreSQL compares rows by an index; Tortoise has no word for that."""
    row = Tuple(*(Product._meta.basetable[name] for name in (order.column, "id")))
    position = Tuple(Slot("value"), Slot("id"))
    page = _with_state(order, is_active=True).limit(size + 1)
    return page.where(row < position if order.is_descending else row > position)


def _with_state(order: Sort, **filters: Any) -> QueryBuilder:
    """Return the query of products in order, each beside the catalog's state."""
    state = CatalogState.filter(id=1)
    products = Product.filter(**filters).annotate(
        revision=Subquery(state.values("revision")),
        active_products=Subquery(state.values("active_products")),
    )
    return build(products.order_by(*order.orderings), *FETCHED, "revision", "active_products")
