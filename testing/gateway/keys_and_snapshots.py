"""What an auth service gives gateways: its keys, and what is revoked."""

import json
from collections.abc import Mapping, Sequence

from testing.gateway.raw_service import Peer
from testing.tokens import jwks, public_jwk, signing_key


def snapshot(
    *names: str,
    sids: Sequence[str] = (),
    versions: Mapping[str, int] | None = None,
    **more: object,
) -> bytes:
    """Write a snapshot of revocations in which the keys of these names are honoured."""
    kids = [public_jwk(signing_key(name))["kid"] for name in names or ("current",)]
    return json.dumps({"kids": kids, "sids": [*sids], "versions": versions or {}, **more}).encode()


async def publish_keys(peer: Peer) -> None:
    """Respond as an auth service that does nothing but show its keys."""
    while True:
        await peer.request()
        await peer.answer(jwks(signing_key()))
