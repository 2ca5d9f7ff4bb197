"""Delete many rows without anybody waiting for them."""

from typing import Any

from tortoise.models import Model
from tortoise.queryset import QuerySet

SIZE = 500
"""Rows of one statement."""


async def delete_in_batches(rows: QuerySet[Any], *, size: int = SIZE) -> int:
    """Delete `rows`, which are in an order, some at a time; return how many."""
    model: type[Model] = rows.model
    key = model._meta.pk_attr
    deleted = 0
    while keys := await rows.limit(size).values_list(key, flat=True):
        deleted += await model.filter(**{f"{key}__in": keys}).delete()
    return deleted
