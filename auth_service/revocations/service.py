"""What the gateway must know to refuse access tokens before they expire, as one snapshot.

It is read whole each time, so that no change is missed that was committed late, and holds only
what can still concern a token that has not expired. How long that is depends on the longest life
that was ever issued and is not over, which the gateway learns, too, where it asks for it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from auth_service.keys.issued_lifetimes import longest_lifetime
from auth_service.keys.service import KeyStore
from auth_service.models import Session, User
from shared import clock
from shared.access.tokens import CLOCK_TOLERANCE

_MARGIN = timedelta(seconds=2 * CLOCK_TOLERANCE)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The document, and the entity tag of exactly this content."""

    body: bytes
    etag: str


async def take_snapshot(
    store: KeyStore, *, access_token_lifetime: timedelta, with_lifetime: bool
) -> Snapshot:
    """Return valid `kids`, ended `sids`, and the lowest `ver` that is honoured for a `sub`.

    `lifetime` is the seconds beyond which no token that was issued lives; gateways of before do
    not know it.
    """
    longest = await longest_lifetime(access_token_lifetime)
    since = clock.now() - longest - _MARGIN
    ended = await Session.filter(ended_at__gte=since).order_by("id").values_list("id", flat=True)
    floors = (
        await User.filter(tokens_revoked_at__gte=since)
        .order_by("id")
        .values_list("id", "token_version")
    )
    document: dict[str, object] = {
        "kids": sorted(row.kid for row in await store.valid()),
        "sids": [str(session_id) for session_id in ended],
        "versions": {str(user_id): version for user_id, version in floors},
    }
    if with_lifetime:
        document["lifetime"] = int(longest.total_seconds())
    body = json.dumps(document, separators=(",", ":")).encode()
    return Snapshot(body, f'"{hashlib.sha256(body).hexdigest()}"')
