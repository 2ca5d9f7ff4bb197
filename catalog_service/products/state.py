"""The catalog's revision and its count of what is for sale: one row, changed last of all."""

import secrets

from tortoise.expressions import F

from catalog_service.models import CatalogState

LONGEST_STEP = 2**24
"""One row of 63 bits has room for 10¹² steps of this length."""


async def raise_revision(*, activated: int) -> None:
    """Tell readers that products changed, and that so many more (or fewer) are for sale now.

    Call it inside the transaction of the change, and last: the next change of a product waits
    for this row. The step is random, so that servers that took different changes since they were
    one (a replica that was promoted, a primary restored to an earlier day) have no number in
    common: the same revision is always the same catalog.
    """
    step = 1 + secrets.randbelow(LONGEST_STEP)
    await CatalogState.filter(id=1).update(
        revision=F("revision") + step, active_products=F("active_products") + activated
    )
