"""Begin, find, renew and end browser sessions."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from shared import clock
from shared.database.batches import delete_in_batches
from shared.database.statements import Slot, Statement
from shared.secret_box import CannotOpen, SecretBox
from web_service.models import BrowserSession
from web_service.sessions import cookie
from web_service.sessions.tokens import Tokens

_BY_HASH: Final = Statement(lambda: BrowserSession.filter(id_hash=Slot("id_hash")))
OVERLAP: Final = timedelta(seconds=30)
SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly the time of the last click is known."""


async def begin(
    tokens: Tokens, person: Mapping[str, Any], *, box: SecretBox, remember: bool
) -> str:
    """Keep the tokens of a sign-in under a new id; return the value of its cookie.

    `person` is what `GET /api/v1/users/me` says.
    """
    value = cookie.new_value()
    await BrowserSession.create(
        id_hash=cookie.hash_of(value),
        user_id=person["id"],
        sealed_tokens=tokens.sealed(box),
        access_expires_at=tokens.expires_at,
        is_remembered=remember,
        full_name=person["full_name"],
        language=person["language"],
        time_zone=person["time_zone"],
        **_rights(tokens),
    )
    return value


async def find(value: str, *, rest: timedelta) -> BrowserSession | None:
    """Return the session of a cookie, unless it has rested for too long; note that it was used."""
    now, presented = clock.now(), cookie.hash_of(value)
    session = await _of(presented)
    if session is None:  # perhaps another tab has just been given a new cookie
        session = await BrowserSession.get_or_none(previous_hash=presented, previous_until__gt=now)
    if session is None:
        return None
    if not session.is_remembered and session.last_seen_at < now - rest:
        await session.delete()
        return None
    if session.last_seen_at < now - SEEN_EVERY:
        await BrowserSession.filter(id=session.id).update(last_seen_at=now)
    return session


async def _of(id_hash: str) -> BrowserSession | None:
    """Return a session, as `get_or_none` does, in half its time: every page begins so."""
    rows = await _BY_HASH.rows(id_hash=id_hash)
    return BrowserSession._init_from_db(**rows[0]) if rows else None


async def change_id(session: BrowserSession) -> str | None:
    """Give the session another cookie, whose value is returned; None if another page has.

    The old one is good for a moment more: another tab may be on its way with it.
    """
    value = cookie.new_value()
    changes = {
        "id_hash": cookie.hash_of(value),
        "previous_hash": session.id_hash,
        "previous_until": clock.now() + OVERLAP,
    }
    if await BrowserSession.filter(id=session.id, id_hash=session.id_hash).update(**changes):
        session.update_from_dict(changes)
        return value
    return None


async def expire_access(session: BrowserSession) -> None:
    """Have the next call exchange the tokens, so that they say the rights of now."""
    now = clock.now()
    await BrowserSession.filter(id=session.id).update(access_expires_at=now)
    session.access_expires_at = now


async def copy_person(session: BrowserSession, person: Mapping[str, Any]) -> None:
    """Renew what the session knows of its person, after `PATCH /api/v1/users/me` say."""
    changes = {
        "full_name": person["full_name"],
        "language": person["language"],
        "time_zone": person["time_zone"],
        "is_verified": person["is_email_verified"],
    }
    await BrowserSession.filter(id=session.id).update(**changes)
    session.update_from_dict(changes)


async def count_cart(session: BrowserSession, pieces: int) -> None:
    """Renew how many pieces are in the cart."""
    await BrowserSession.filter(id=session.id).update(cart_count=pieces)
    session.cart_count = pieces


async def add_notice(session: BrowserSession, level: str, text: str) -> None:
    """Have the next page say `text` once; `level` is success, warning or danger."""
    session.notices = [*session.notices, [level, text]]
    await BrowserSession.filter(id=session.id).update(notices=session.notices)


async def take_notices(session: BrowserSession) -> list[list[str]]:
    """Return what is to be said once, and forget it."""
    notices, session.notices = session.notices, []
    if notices:
        await BrowserSession.filter(id=session.id).update(notices=[])
    return notices


async def end(session: BrowserSession) -> None:
    """Forget the session here; signing out ends it at auth first."""
    await BrowserSession.filter(id=session.id).delete()


def tokens_of(session: BrowserSession, box: SecretBox) -> Tokens | None:
    """Return the session's tokens, or None where no secret opens them any more."""
    try:
        return Tokens.opened(session.sealed_tokens, session.access_expires_at, box)
    except CannotOpen:
        return None


def renewed(tokens: Tokens, box: SecretBox) -> dict[str, Any]:
    """Return what new tokens change in the row of their session."""
    return {
        "sealed_tokens": tokens.sealed(box),
        "access_expires_at": tokens.expires_at,
        "refreshing_until": None,
        "refresh_began_at": None,
        **_rights(tokens),
    }


async def forget_old(*, rest: timedelta, remembered_rest: timedelta) -> None:
    """Delete the sessions that nobody has used for so long."""
    now = clock.now()
    resting = BrowserSession.filter(is_remembered=False, last_seen_at__lt=now - rest)
    await delete_in_batches(resting.order_by("last_seen_at"))
    old = BrowserSession.filter(last_seen_at__lt=now - remembered_rest)
    await delete_in_batches(old.order_by("last_seen_at"))


def _rights(tokens: Tokens) -> dict[str, Any]:
    claims = tokens.claims
    return {
        "roles": sorted(claims["roles"]),
        "is_verified": claims["email_verified"],
        "must_change_password": claims.get("password_change_required", False),
    }
