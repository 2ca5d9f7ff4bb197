"""Take an email that came back: it is believed by its return path, and counts once.

A delivery stays what it was: sent, as the table of its states has no way back. The bounce is
recorded beside it, and shown with it.
"""

import hashlib
import logging
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from mailing_service.bounces.reports import Report, read_report
from mailing_service.models.accounts import Account
from mailing_service.models.bounces import Bounce, BounceKind
from mailing_service.models.deliveries import Delivery
from mailing_service.models.suppressions import SuppressionReason
from mailing_service.return_paths import ReturnPaths
from mailing_service.settings import MailingSettings
from mailing_service.suppressions.service import suppress_hash
from shared import clock

logger = logging.getLogger(__name__)

LONGEST = 1024 * 1024
"""Bytes that are read: a report stands before the email that is sent back."""


class Result(StrEnum):
    """What became of an email that came in."""

    COUNTED = "counted"
    REPLAYED = "replayed"
    NO_BOUNCE = "no_bounce"
    UNKNOWN = "unknown"
    """No delivery of ours: it has no return path, a forged one, or one of long ago."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an email, of which delivery it spoke, and how the address is."""

    result: Result
    delivery_id: int | None = None
    kind: BounceKind | None = None


async def take_bounce(
    content: bytes, *, settings: MailingSettings, recipient: str | None = None
) -> Taken:
    """Count a bounce; `recipient` is whom the mail server had it for, where it says so."""
    report = _read(content[:LONGEST])
    delivery = await _delivery_of(report, recipient, settings)
    if delivery is None:
        return _logged(Taken(Result.UNKNOWN))
    if report.kind is None:
        return _logged(Taken(Result.NO_BOUNCE, delivery.id))
    is_new = await _record(delivery, report.kind, settings)
    result = Result.COUNTED if is_new else Result.REPLAYED
    return _logged(Taken(result, delivery.id, report.kind))


def _read(content: bytes) -> Report:
    try:
        return read_report(content)
    except Exception:  # what mail servers write has no limits, and parsers are surprised
        logger.warning("bounce not understood", exc_info=True)
        return Report((), None)


async def _delivery_of(
    report: Report, recipient: str | None, settings: MailingSettings
) -> Delivery | None:
    paths = ReturnPaths(settings.secrets, settings.sender.rpartition("@")[2].rstrip(">"))
    addresses = (recipient, *report.return_paths) if recipient else report.return_paths
    named = (paths.delivery_of(address) for address in addresses)
    delivery_id = next((one for one in named if one is not None), None)
    return None if delivery_id is None else await Delivery.get_or_none(id=delivery_id)


async def _record(delivery: Delivery, kind: BounceKind, settings: MailingSettings) -> bool:
    """Write a bounce and what follows from it; return whether it is new.

    The owner's account is locked, so that of two that come in together the second counts the first.
    """
    try:
        async with in_transaction():
            await Account.filter(id=delivery.owner_id).select_for_update(no_key=True).first()
            await Bounce.create(
                delivery_id=delivery.id,
                owner_id=delivery.owner_id,
                email_hash=delivery.email_hash,
                kind=kind,
                fingerprint=_fingerprint(delivery, kind),
                at=clock.now(),
            )
            reason = await _reason_to_suppress(delivery, kind, settings)
            if reason is not None:
                await suppress_hash(
                    delivery.email_hash,
                    owner_id=delivery.owner_id,
                    reason=reason,
                    email=delivery.email,
                )
    except IntegrityError:
        return False
    return True


async def _reason_to_suppress(
    delivery: Delivery, kind: BounceKind, settings: MailingSettings
) -> SuppressionReason | None:
    if kind is BounceKind.HARD:
        return SuppressionReason.HARD_BOUNCE
    since = clock.now() - settings.soft_bounce_window
    soft = Bounce.filter(owner_id=delivery.owner_id, email_hash=delivery.email_hash, kind=kind)
    is_enough = await soft.filter(at__gt=since).count() >= settings.soft_bounces
    return SuppressionReason.SOFT_BOUNCES if is_enough else None


def _fingerprint(delivery: Delivery, kind: BounceKind) -> UUID:
    """Return the same for all that is said of one delivery, in whatever words it is said again."""
    digest = hashlib.sha256(f"{delivery.id} {kind.value}".encode()).digest()
    return UUID(bytes=digest[:16])


def _logged(taken: Taken) -> Taken:
    extra = {"result": taken.result.value, "delivery": taken.delivery_id, "kind": taken.kind}
    logger.info("bounce", extra=extra)
    return taken
