"""Looking through the products."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from catalog_service.errors import ProductNotFound, QueryTooSlow
from catalog_service.models import CatalogState
from catalog_service.products.listing.query import Listing
from catalog_service.products.reading import plain_list, queries
from shared.database.counting import MAX_COUNTED, CappedCount
from shared.database.full_text import MAX_RANKED
from shared.database.statements import Rows, Run, fetch, primary
from shared.errors import FieldProblem, UnprocessableEntity
from shared.language.translation import Sentence


@dataclass(frozen=True, slots=True)
class Found:
    """A part of a list: its rows, whether more come behind them, and the catalog's revision."""

    rows: Rows
    count: CappedCount
    revision: int
    has_more: bool = False
    is_ranked: bool = False


async def list_products(listing: Listing, run: Run = primary) -> Found:
    """Return a part of a list; past its last page it is empty.

    Raises UnprocessableEntity for a page that has no number, and QueryTooSlow.
    """
    try:
        return await (_list_all if listing.view.is_plain else _list_matching)(listing, run)
    except asyncpg.QueryCanceledError:
        raise QueryTooSlow from None


async def get_product(
    product_id: int, run: Run = primary, *, include_inactive: bool
) -> Mapping[str, Any]:
    """Return a product's row; raises ProductNotFound, also for one that is not for sale.

    Unless `include_inactive`.
    """
    rows = await queries.ONE.fetch(run, id=product_id)
    if not rows or not (rows[0]["is_active"] or include_inactive):
        raise ProductNotFound
    return rows[0]


async def _list_all(listing: Listing, run: Run) -> Found:
    """One statement; a second one only where there is nothing to show."""
    rows = await plain_list.fetch_page(listing, run)
    if rows:
        total, revision = rows[0]["active_products"], rows[0]["revision"]
    else:
        state = await CatalogState.get(id=1)
        total, revision = state.active_products, state.revision
    return _cut(rows, listing, CappedCount(total, is_capped=False), revision)


async def _list_matching(listing: Listing, run: Run) -> Found:
    """Two statements: the first counts, and so decides how the second finds."""
    [counted] = await fetch(queries.count(listing.view), run)
    count = CappedCount.of(counted["counted"])
    if count.is_capped and listing.offset >= MAX_COUNTED:
        message = Sentence(
            "Only {most:,} matches have page numbers; go on with next_cursor", most=MAX_COUNTED
        )
        raise UnprocessableEntity([FieldProblem("page", message)])
    if listing.offset >= count.total:
        return Found((), count, counted["revision"])
    is_ranked = _is_ranked(listing, count)
    if is_ranked:
        page = queries.ranked_page(listing)
    elif count.is_capped:
        page = queries.page_of_many(listing)
    else:
        page = queries.page_of_few(listing)
    rows = await fetch(page, run)
    return _cut(rows, listing, count, counted["revision"], is_ranked=is_ranked)


def _is_ranked(listing: Listing, count: CappedCount) -> bool:
    view = listing.view
    is_free = view.q is not None and view.sort is None and listing.after is None
    return is_free and not count.is_capped and count.total <= MAX_RANKED


def _cut(
    rows: Rows, listing: Listing, count: CappedCount, revision: int, *, is_ranked: bool = False
) -> Found:
    """Leave out the row that only shows that there are more."""
    more = len(rows) > listing.size
    return Found(rows[: listing.size], count, revision, has_more=more, is_ranked=is_ranked)
