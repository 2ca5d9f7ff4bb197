"""What auth says of accounts. Members that a newer auth adds are left alone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Received(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class AccountState(_Received):
    """An account as it is now. Of one that `is_erased` nothing but the id is known.

    `email` is its verified address, or None. `roles` may have some that this version does not know.
    """

    id: UUID
    is_erased: bool
    full_name: str
    email: str | None
    is_email_verified: bool
    is_active: bool
    roles: tuple[str, ...]
    language: str
    time_zone: str


class FeedPage(_Received):
    """One answer of auth: some accounts, and the cursor to ask with next.

    `restarts`: it is the first of a copy of all accounts. `complete`: there is nothing behind it.
    """

    cursor: str
    restarts: bool
    complete: bool
    accounts: tuple[AccountState, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Accounts to be written, each once, and the number of the copy of all that they belong to.

    With `completes_copy` every account that auth has came with this number, in this batch or
    before; such a batch may have no accounts.
    """

    accounts: Sequence[AccountState]
    copy_number: int
    completes_copy: bool


Apply: TypeAlias = Callable[[Batch], Awaitable[None]]
"""Writes a batch in the transaction that it is called in."""
