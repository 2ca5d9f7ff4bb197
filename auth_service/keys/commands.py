"""What operators do with signing keys on the command line."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auth_service.caller import Caller
from auth_service.crypto.signing_keys import SigningKeyPair, UnusablePem
from auth_service.keys.service import KeyStore, UnusableKey

OPERATOR = Caller(user_agent="command line")


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as operators see it."""

    kid: str
    state: str
    created_at: datetime
    activated_at: datetime | None
    retired_at: datetime | None


async def list_keys(store: KeyStore) -> list[KeyRow]:
    """Return every key and where it is in its life."""
    return [
        KeyRow(row.kid, row.state, row.created_at, row.activated_at, row.retired_at)
        for row in await store.all()
    ]


def key_lines(keys: Iterable[KeyRow]) -> list[str]:
    """Return a line for each key: its kid, its state, and since when."""
    return [
        f"{key.kid}  {key.state:8}  made {key.created_at:%Y-%m-%d %H:%M}"
        + (f", signs since {key.activated_at:%Y-%m-%d %H:%M}" if key.activated_at else "")
        + (f", retired {key.retired_at:%Y-%m-%d %H:%M}" if key.retired_at else "")
        for key in keys
    ]


async def rotate_keys(store: KeyStore) -> str:
    """Let the next key sign; return the sentence that says so. Raises UnusableKey."""
    kid = await store.rotate(OPERATOR)
    if kid is None:
        raise UnusableKey("There is no next key, or another process rotates just now.")
    return f"{kid} signs from now on; the one before is honoured until its tokens have expired."


async def revoke_key(store: KeyStore, kid: str) -> str:
    """Honour nothing that the key signed; return the sentence that says so. Raises UnusableKey."""
    await store.revoke(kid, OPERATOR)
    return f"{kid} is revoked: everybody refuses its tokens within two seconds."


async def import_key(store: KeyStore, file: Path) -> str:
    """Make the key in a PEM file the next one; return the sentence that says so.

    Raises UnusableKey for a file that holds no RSA private key of 3072 bits or more.
    """
    try:
        pair = SigningKeyPair.from_pem(await asyncio.to_thread(file.read_bytes))
    except OSError as error:
        raise UnusableKey(f"{file} cannot be read: {error.strerror}.") from None
    except UnusablePem as error:
        raise UnusableKey(f"{file}: {error}") from None
    await store.import_next(pair, OPERATOR)
    return f"{pair.kid} is the next key; `keys rotate` lets it sign once verifiers know it."
