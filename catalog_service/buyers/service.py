"""Buyers as auth has them: written from its feed, read for the shop's staff."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_
from uuid import UUID

from pypika_tortoise.queries import Table
from tortoise.connection import get_connection
from tortoise.contrib.postgres.search import (
    Lexeme,
    LexemeCombinable,
    SearchCriterion,
    SearchQuery,
)
from tortoise.expressions import ResolveContext
from tortoise.queryset import QuerySet

from catalog_service.expressions import IsOneOf
from catalog_service.models import Buyer, Cart
from shared.account_feed.batches import Batch
from shared.database.statements import build, fetch, primary
from shared.values.words import words


async def apply(batch: Batch) -> None:
    """Write a batch of the feed, in the transaction of its position."""
    buyers = [
        Buyer(id=account.id, full_name=account.full_name, copy_number=batch.copy_number)
        for account in batch.accounts
        if not account.is_erased
    ]
    if buyers:
        await Buyer.bulk_create(
            buyers, on_conflict=["id"], update_fields=["full_name", "copy_number"]
        )
    await _erase([account.id for account in batch.accounts if account.is_erased])
    if batch.completes_copy:
        gone = Buyer.exclude(copy_number=batch.copy_number).exclude(full_name="")
        await _erase([buyer.id for buyer in await gone.only("id")])


async def names_of(ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """Return the names of those of these buyers that have one."""
    known = Buyer.filter(id__in=set(ids)).exclude(full_name="")
    return dict(await known.values_list("id", "full_name"))


async def ids_named_like(text: str, *, most: int) -> Sequence[UUID]:
    """Return buyers whose names have words that begin with those of `text`, at most so many."""
    return [row["id"] for row in await fetch(build(_named_like(text).limit(most), "id"), primary)]


async def which_are_named_like(text: str, ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return those of these buyers whose names are such.

    `OFFSET 0` has PostgreSQL look at these names alone: of a name that many have the index would
    give all of them first.
    """
    these = Buyer.annotate(is_one=IsOneOf("id", list(ids))).filter(is_one=True)
    among, table = build(these, "id", "search").offset(0).as_("among"), Table("among")
    context = ResolveContext(model=Buyer, table=table, annotations={}, custom_filters={})
    wanted = _beginnings(text).resolve(context).term
    named = get_connection("default").query_class.from_(among).select(table["id"])
    found = named.where(SearchCriterion(table["search"], wanted, vectorize=False))
    return frozenset([row["id"] for row in await fetch(found, primary)])


def _named_like(text: str) -> QuerySet[Buyer]:
    return Buyer.filter(search__search=_beginnings(text))


def _beginnings(text: str) -> SearchQuery:
    beginnings: LexemeCombinable = reduce(and_, (Lexeme(word, prefix=True) for word in words(text)))
    return SearchQuery(beginnings, config="simple")


async def _erase(ids: Sequence[UUID]) -> None:
    """Forget names and carts. Orders stay, as the shop's books do."""
    if ids:
        await Buyer.filter(id__in=ids).update(full_name="")
        await Cart.filter(user_id__in=ids).delete()
