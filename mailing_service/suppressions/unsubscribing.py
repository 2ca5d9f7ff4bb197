"""Leave the emails of an owner by the link in one of them, signed in nowhere.

Looking at the link changes nothing, however often scanners fetch it; its POST does (RFC 8058).
"""

from uuid import UUID

from tortoise.transactions import in_transaction

from mailing_service.models.recipients import Recipient
from mailing_service.models.suppressions import SuppressionReason, UnsubscribeToken
from mailing_service.suppressions.service import suppress_hash


async def find_link(token: UUID) -> UnsubscribeToken | None:
    """Return whose emails a link is about, or None for one that was never sent."""
    return await UnsubscribeToken.get_or_none(token=token)


async def unsubscribe(token: UUID) -> UnsubscribeToken | None:
    """Keep the address from all emails of that owner from now on; None for an unknown link."""
    async with in_transaction():
        link = await find_link(token)
        if link is None:
            return None
        chosen = Recipient.filter(owner_id=link.owner_id, email_hash=link.email_hash)
        recipient = await chosen.first()
        await suppress_hash(
            link.email_hash,
            owner_id=link.owner_id,
            reason=SuppressionReason.UNSUBSCRIBED,
            email=recipient.canonical_email if recipient else None,
        )
        return link
