"""Make and change many products: all of it, or nothing."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from asyncpg import DeadlockDetectedError
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from catalog_service.audit.service import record_all
from catalog_service.errors import ProductNotFound, SkuTaken
from catalog_service.models import Product
from catalog_service.product_admin import events
from catalog_service.product_admin.rows import Values, differs, lock_products, store_changes
from catalog_service.product_admin.schemas import BulkAnswer, BulkRequest, ProductCreate
from catalog_service.product_admin.service import sku_taken
from catalog_service.products.schemas import ProductRead
from catalog_service.products.state import raise_revision
from catalog_service.retry import retried_after
from shared.errors import FieldProblem, UnprocessableEntity


async def change_products(
    request: BulkRequest, *, currency: str, actor_id: UUID | None
) -> BulkAnswer:
    """Do all that `request` says in one transaction; prices are shown in `currency`.

    Raises UnprocessableEntity, ProductNotFound and SkuTaken, which name the items.
    """
    twice = [*_repeated(request.ids()), *_repeated(request.skus())]
    if twice:
        raise UnprocessableEntity([FieldProblem(place, "Is named twice") for place in twice])
    try:
        return await _apply(request, currency=currency, actor_id=actor_id)
    except IntegrityError as error:
        if not isinstance(refusal := sku_taken(error), SkuTaken):
            raise refusal from None
    raise await _naming_the_taken(request)


@retried_after(DeadlockDetectedError)
async def _apply(request: BulkRequest, *, currency: str, actor_id: UUID | None) -> BulkAnswer:
    async with in_transaction():
        present = await lock_products(product_id for _, product_id in request.ids())
        missing = [place for place, product_id in request.ids() if product_id not in present]
        if missing:
            raise ProductNotFound([FieldProblem(place, "No such product") for place in missing])
        changes = [
            (present[product_id], values)
            for product_id, values in _values(request)
            if differs(present[product_id], values)
        ]
        after = present | await store_changes(changes)
        created = await _create(request.create)
        activated = [values["is_active"] for _, values in changes if "is_active" in values]
        if changes or created:
            done = [events.added(product, actor_id=actor_id) for product in created]
            done += [events.changed(*change, actor_id=actor_id) for change in changes]
            await record_all(events.in_bulk(done))
            added = sum(product.is_active for product in created)
            await raise_revision(activated=added + 2 * sum(activated) - len(activated))
    return BulkAnswer(
        created=[ProductRead.of(product, currency=currency) for product in created],
        changed=[ProductRead.of(after[each.id], currency=currency) for each in request.change],
        deactivated=activated.count(False),
        reactivated=activated.count(True),
    )


async def _create(products: Sequence[ProductCreate]) -> list[Product]:
    """Add these, in the order of their skus, so that those who give the same wait for each other.

    Returned as they were given.
    """
    made = {}
    for place in sorted(range(len(products)), key=lambda place: products[place].sku or ""):
        made[place] = await Product.create(**products[place].model_dump())
    return [made[place] for place in range(len(products))]


def _values(request: BulkRequest) -> Iterator[tuple[int, Values]]:
    for change in request.change:
        yield change.id, change.model_dump(exclude_unset=True, exclude={"id"})
    yield from ((product_id, {"is_active": False}) for product_id in request.deactivate)
    yield from ((product_id, {"is_active": True}) for product_id in request.reactivate)


def _repeated(named: Iterable[tuple[str, object]]) -> Iterator[str]:
    """Return the places that name what an earlier one names."""
    seen: set[object] = set()
    for place, name in named:
        if name in seen:
            yield place
        seen.add(name)


async def _naming_the_taken(request: BulkRequest) -> SkuTaken:
    """Look, now that nothing was written, whose skus other products have."""
    skus = [sku for _, sku in request.skus()]
    owners = dict(await Product.filter(sku__in=skus).values_list("sku", "id"))
    own = {change.id: change.sku for change in request.change}
    return SkuTaken(
        [
            FieldProblem(place, "Another product has this sku")
            for place, sku in request.skus()
            if sku in owners and own.get(owners[sku]) != sku
        ]
    )
