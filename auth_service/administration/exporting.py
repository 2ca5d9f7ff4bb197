"""Give all accounts away, so that another system can take them over."""

from collections.abc import AsyncIterator
from uuid import UUID

from auth_service.administration.accounts import Account
from auth_service.models import User
from shared.transfer.exporting import BATCH, Rows, export_rows
from shared.transfer.formats import FileFormat


async def export_users() -> AsyncIterator[bytes]:
    """Return all accounts that are not archived as JSON lines, with their hashes."""
    return await export_rows(_rows_after, Account, FileFormat.JSON_LINES)


async def _rows_after(user_id: UUID | None) -> Rows:
    accounts = User.filter(archived_at=None).order_by("id").limit(BATCH)
    if user_id is not None:
        accounts = accounts.filter(id__gt=user_id)
    return await accounts.values(*Account.model_fields)
