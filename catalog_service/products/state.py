"""The catalog's revision and its count of what is for sale: one row, changed last of all."""

from tortoise.expressions import F

from catalog_service.models import CatalogState


async def raise_revision(*, activated: int) -> None:
    """Tell readers that products changed, and that so many more (or fewer) are for sale now.

    Call it inside the transaction of the change, and last: whoever changes products next waits
    for this row.
    """
    await CatalogState.filter(id=1).update(
        revision=F("revision") + 1, active_products=F("active_products") + activated
    )
