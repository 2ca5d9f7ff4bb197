"""Give all accounts away, so that another system can take them over."""

from collections.abc import AsyncIterator

from auth_service.administration.accounts import Account
from auth_service.models import User

BATCH_SIZE = 500
"""Accounts that are held in memory at a time."""


async def export_users() -> AsyncIterator[bytes]:
    """Yield all accounts that are not archived as JSON lines, batch by batch, with their hashes."""
    accounts = User.filter(archived_at=None).order_by("id").limit(BATCH_SIZE)
    batch = await accounts
    while batch:
        yield b"".join(_line(user) for user in batch)
        batch = await accounts.filter(id__gt=batch[-1].id)


def _line(user: User) -> bytes:
    """Write down what is stored, also where it would not be accepted today."""
    account = Account.model_construct(
        **{name: getattr(user, name) for name in Account.model_fields}
    )
    return f"{account.model_dump_json(warnings='none')}\n".encode()
