"""Devices that a person has signed in at, which limits that strangers fill do not concern.

A device is known by a token, which replaces no password: with it one is only asked for the password
where strangers have used up what they may try. What a password has earned ends with it.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from auth_service.crypto.refresh_tokens import digest, new_refresh_token
from auth_service.models import Device, Session, User
from shared import clock
from shared.database.batches import delete_in_batches

MAX_DEVICES = 20
KNOWN_FOR = timedelta(days=180)
"""Since it was used last."""
LET_IN_FOR = timedelta(minutes=10)
"""Until the first sign-in at a device that a link let in."""


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device, and the token that it presents."""

    id: UUID
    token: str


async def find_known(token: str | None, user: User | None) -> KnownDevice | None:
    """Return the device of `user` that has this token, if it is known still.

    It is looked for whether or not there is such a user, so that both take the same time.
    """
    if token is None:
        return None
    known = Device.filter(digest=digest(token), expires_at__gt=clock.now())
    device = await known.get_or_none()
    if device is None or user is None or device.user_id != user.id:
        return None
    return KnownDevice(device.id, token)


async def remember(user_id: UUID, known: KnownDevice | None) -> KnownDevice:
    """Have a device at which one has just signed in known from now on; the user is locked."""
    if known is not None and await _renew(known.id):
        return known
    await _drop_surplus(user_id)
    return await _add(user_id, lifetime=KNOWN_FOR)


async def let_in(user_id: UUID) -> KnownDevice:
    """Add a device that has to sign in within minutes to stay known."""
    return await _add(user_id, lifetime=LET_IN_FOR)


async def renew_daily(device_id: UUID | None, *, last_used_on_this_day: bool) -> None:
    """Note that a session at this device is in use: once a day is enough."""
    if device_id is not None and not last_used_on_this_day:
        await _renew(device_id)


async def forget_devices(user_id: UUID) -> None:
    """Have all devices of a person unknown again; their sessions are not ended by that."""
    await Device.filter(user_id=user_id).delete()


async def forget_other_devices(user_id: UUID, session_id: UUID) -> None:
    """Have all devices unknown again but the one that this session was started at."""
    own = await Session.get(id=session_id)
    others = Device.filter(user_id=user_id)
    await (others.exclude(id=own.device_id) if own.device_id else others).delete()


async def forget_device_of(ended_id: UUID, session_id: UUID | None) -> None:
    """Have the device of an ended session unknown again, unless it is that of this session too."""
    ended, own = await Session.get(id=ended_id), await Session.get_or_none(id=session_id)
    if own is None or ended.device_id != own.device_id:
        await Device.filter(id=ended.device_id).delete()


async def forget_expired() -> int:
    """Remove devices that nobody has used for too long; return how many."""
    expired = Device.filter(expires_at__lt=clock.now())
    return await delete_in_batches(expired.order_by("expires_at"))


async def _add(user_id: UUID, *, lifetime: timedelta) -> KnownDevice:
    token, now = new_refresh_token(), clock.now()
    device = await Device.create(
        user_id=user_id, digest=digest(token), created_at=now, expires_at=now + lifetime
    )
    return KnownDevice(device.id, token)


async def _renew(device_id: UUID) -> bool:
    return bool(await Device.filter(id=device_id).update(expires_at=clock.now() + KNOWN_FOR))


async def _drop_surplus(user_id: UUID) -> None:
    """Make room for one more: those used longest ago go."""
    oldest = Device.filter(user_id=user_id).order_by("-expires_at", "id").offset(MAX_DEVICES - 1)
    if surplus := await oldest.limit(1000).values_list("id", flat=True):
        await Device.filter(id__in=surplus).delete()
