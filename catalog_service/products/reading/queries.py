"""The queries of one product, and of lists with filters or a search: each is bounded, however many
products there are, and says in each row which `revision` the catalog has in its snapshot.

Tortoise writes the parts. pypika, which Tortoise writes with, puts them together where Tortoise
has no word: for comparing rows, and for the `OFFSET 0` that keeps PostgreSQL from planning a query
as one with that around it, where it knows too little of how common a word is to choose well.
"""

from typing import Any

from pypika_tortoise.enums import Order
from pypika_tortoise.queries import QueryBuilder, Table
from pypika_tortoise.terms import Case, Tuple
from tortoise.connection import get_connection
from tortoise.contrib.postgres.search import SearchCriterion
from tortoise.expressions import ResolveContext
from tortoise.queryset import QuerySet

from catalog_service.models import CatalogState, Product
from catalog_service.products.listing.query import Listing
from catalog_service.products.listing.views import View
from catalog_service.products.schemas import ProductRead
from shared.database.counting import MAX_COUNTED, counting
from shared.database.full_text import form_query, relevance, search_query
from shared.database.statements import Slot, Statement, build
from shared.values.words import words

SHOWN = tuple(name for name in ProductRead.model_fields if name != "currency")
FETCHED = (*SHOWN, "searchable")


def _one() -> QueryBuilder:
    return _with_revision(build(Product.filter(id=Slot("id")), *SHOWN, "version"))


ONE = Statement(_one)
"""The product with this `id`, for sale or not, and its `version`."""


def count(view: View) -> QueryBuilder:
    """Return the query of how many match, as `counting` counts them.

    What holds forms of the words is counted several times as fast as what also begins like them,
    and of a common word that is enough.
    """
    counted: Any = counting(_matching(view))
    if view.q is not None:
        forms = counting(_within(view).filter(search__search=form_query(words(view.q))))
        counted = Case().when(forms > MAX_COUNTED, MAX_COUNTED + 1).else_(counted)
    return _with_revision(_query_class().select(counted.as_("counted")))


def ranked_page(listing: Listing) -> QueryBuilder:
    """Return the query of a page in order of relevance, the newest of equals first."""
    view = listing.view
    found = _matching(view).annotate(rank=relevance(words(view.q or "")))
    page = found.order_by("-rank", *view.order.orderings)
    return _with_revision(build(page.offset(listing.offset).limit(listing.size + 1), *FETCHED))


def page_of_few(listing: Listing) -> QueryBuilder:
    """Return the query of a page of so few matches that all may be found first, and sorted."""
    view = listing.view
    if view.q is None and all(name.startswith(view.order.column) for name in view.bounds):
        return page_of_many(listing)
    found = build(_matching(view), *FETCHED).offset(0).as_("found")
    table = Table("found")
    page = _query_class().from_(found).select(*(table[name] for name in FETCHED))
    direction = Order.desc if view.order.is_descending else Order.asc
    ordered = page.orderby(table[view.order.column], table["id"], order=direction)
    return _with_revision(_behind(listing, _cut(listing, ordered), table))


def page_of_many(listing: Listing) -> QueryBuilder:
    """Return the query of a page of so many matches that a walk in order soon meets enough."""
    view = listing.view
    if view.q is None:
        return _with_revision(_behind(listing, build(_page(listing), *FETCHED)))
    walk = build(_within(view).order_by(*view.order.orderings), *FETCHED, "search")
    met = _behind(listing, walk).offset(0).as_("met")
    table = Table("met")
    page = _query_class().from_(met).select(*(table[name] for name in FETCHED))
    return _with_revision(_cut(listing, page.where(_mentions(table, view.q))))


def _with_revision(query: QueryBuilder) -> QueryBuilder:
    revision = build(CatalogState.filter(id=1), "revision")
    with_revision: QueryBuilder = query.select(revision.as_("revision"))
    return with_revision


def _query_class() -> Any:
    return get_connection("default").query_class


def _within(view: View) -> QuerySet[Product]:
    """Return what lies within the view's bounds, whatever it is called."""
    shown = {} if view.include_inactive else {"is_active": True}
    return Product.filter(**shown, **view.bounds)


def _matching(view: View) -> QuerySet[Product]:
    if view.q is None:
        return _within(view)
    return _within(view).filter(search__search=search_query(words(view.q)))


def _mentions(table: Table, text: str) -> SearchCriterion:
    context = ResolveContext(model=Product, table=table, annotations={}, custom_filters={})
    query = search_query(words(text)).resolve(context).term
    return SearchCriterion(table["search"], query, vectorize=False)


def _page(listing: Listing) -> QuerySet[Product]:
    page = _within(listing.view).order_by(*listing.view.order.orderings)
    return page.offset(listing.offset).limit(listing.size + 1)


def _behind(listing: Listing, query: QueryBuilder, table: Table | None = None) -> QueryBuilder:
    """Leave out what comes up to the listing's position; PostgreSQL compares rows by an index."""
    if listing.after is None:
        return query
    table = table or Product._meta.basetable
    order = listing.view.order
    row = Tuple(table[order.column], table["id"])
    position = Tuple(listing.after.value, listing.after.id)
    return query.where(row < position if order.is_descending else row > position)


def _cut(listing: Listing, query: QueryBuilder) -> QueryBuilder:
    return query.offset(listing.offset).limit(listing.size + 1)
