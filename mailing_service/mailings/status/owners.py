"""What an owner's account allows; its row is locked while one of their mailings changes hands.

So a block waits for what was begun before it and then pauses it, and two submissions of one owner
count each other.
"""

from uuid import UUID

from mailing_service.errors import OwnerBlocked
from mailing_service.models.accounts import Account
from shared.access.tokens import Role


async def lock_unblocked(owner_id: UUID) -> Account | None:
    """Lock the account until the transaction ends; None where the feed has not brought it yet.

    Raises OwnerBlocked.
    """
    account = await Account.select_for_update().get_or_none(id=owner_id)
    if account is not None and (account.is_blocked or account.erased_at is not None):
        raise OwnerBlocked
    return account


def has_no_limits(account: Account) -> bool:
    """Tell whether the owner is an administrator, who has no limits and needs no approval."""
    return Role.ADMIN.value in account.roles
