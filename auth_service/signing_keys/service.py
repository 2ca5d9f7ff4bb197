"""Look at the signing keys."""

from datetime import timedelta

from auth_service.keys.commands import list_keys
from auth_service.keys.service import KeyStore
from auth_service.keys.states import State
from auth_service.signing_keys.schemas import SigningKeyRead, SigningKeysRead
from shared import clock

_SECOND = timedelta(seconds=1)


async def read_keys(store: KeyStore, *, rotation_interval: timedelta) -> SigningKeysRead:
    """Return what may be known of every key."""
    now = clock.now()
    return SigningKeysRead(
        keys=[
            SigningKeyRead(
                kid=key.kid,
                state=State(key.state),
                created_at=key.created_at,
                activated_at=key.activated_at,
                retired_at=key.retired_at,
                age=max((now - key.created_at) // _SECOND, 0),
            )
            for key in await list_keys(store)
        ],
        rotation_interval=rotation_interval // _SECOND,
    )
