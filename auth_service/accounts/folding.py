"""Fold names: those that change, and those in rows of the version before, which does not."""

from datetime import timedelta
from typing import Any

from tortoise.transactions import in_transaction

from auth_service.models import SEARCHABLE_LENGTH, User
from shared.values.words import searchable

INTERVAL = timedelta(minutes=1)
NO_NAME = " "
"""The words of an archived account; an empty text is one that is still to be folded."""
_BATCH = 500


def with_words(changes: dict[str, Any]) -> dict[str, Any]:
    """Return changes of an account with the words of the name, where that is among them."""
    if "full_name" not in changes:
        return changes
    return {**changes, "searchable_name": searchable(changes["full_name"], SEARCHABLE_LENGTH)}


async def fold_names() -> int:
    """Fold all names that are not yet; return how many. Several may do so concurrently."""
    folded = 0
    while batch := await _fold_some():
        folded += batch
    return folded


async def _fold_some() -> int:
    """Hold some rows still: a name that is changed meanwhile would keep the words of before."""
    async with in_transaction():
        unfolded = User.filter(searchable_name="").limit(_BATCH)
        users = await unfolded.select_for_update(skip_locked=True)
        for user in users:
            user.searchable_name = searchable(user.full_name, SEARCHABLE_LENGTH) or NO_NAME
        if users:
            await User.bulk_update(users, fields=["searchable_name"])
        return len(users)
