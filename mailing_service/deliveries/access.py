"""Whose deliveries a person may see, and how much of an address."""

import re
from dataclasses import dataclass

from mailing_service.addresses import masked
from mailing_service.audit.service import MailingEvent, record
from mailing_service.caller import Caller
from mailing_service.models.mailings import Mailing
from shared.access.principal import Principal
from shared.errors import Forbidden

_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:@]+@[^\s<>()\[\]\",;:@]+")
_SHORTEST_LOCAL_PART = 3
"""Shorter ones are a part of every other word."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, in what capacity, and from where."""

    principal: Principal
    caller: Caller
    is_staff: bool
    is_administrator: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """A mailing that a reader may see, and whether with its addresses."""

    mailing: Mailing
    is_own: bool
    has_addresses: bool

    def email(self, email: str | None) -> str | None:
        """Return an address as the reader may see it."""
        return email if email is None or self.has_addresses else masked(email)

    def response(self, text: str | None, email: str | None) -> str | None:
        """Return a mail server's response likewise: servers often repeat the address."""
        return text if text is None or self.has_addresses else without_addresses(text, email)


def without_addresses(text: str, email: str | None) -> str:
    """Return `text` with all addresses masked, and the local part of `email` where it is alone."""
    hidden = _ADDRESS.sub(lambda found: masked(found[0]), text)
    local, _, domain = (email or "").rpartition("@")
    if len(local) < _SHORTEST_LOCAL_PART:
        return hidden
    alone = re.compile(rf"(?<!\w){re.escape(local)}(?!\w)", re.IGNORECASE)
    return alone.sub(masked(f"{local}@{domain}").partition("@")[0], hidden)


async def see(mailing_id: int, *, reader: Reader, full_addresses: bool) -> Sight | None:
    """Return how `reader` sees a mailing; None where they do not.

    Raises Forbidden for a manager who asks for others' full addresses.
    """
    there = Mailing.filter(id=mailing_id)
    if not reader.is_staff:
        there = there.filter(owner_id=reader.principal.user_id, deleted_at=None)
    mailing = await there.first()
    if mailing is None:
        return None
    is_own = mailing.owner_id == reader.principal.user_id
    if full_addresses and not is_own and not reader.is_administrator:
        raise Forbidden
    return Sight(mailing, is_own=is_own, has_addresses=is_own or full_addresses)


async def record_reading(sight: Sight, *, reader: Reader, how: str) -> None:
    """Write down that an administrator sees addresses of others' recipients."""
    if sight.is_own or not sight.has_addresses:
        return
    await record(
        MailingEvent.ADDRESSES_READ,
        caller=reader.caller,
        actor_id=reader.principal.user_id,
        owner_id=sight.mailing.owner_id,
        mailing_id=sight.mailing.id,
        how=how,
    )
