"""What revocations cost the gateway: `python -m bench.revocations`.

The same hot token is asked with while nothing is revoked, and while much is. The snapshot is read
anew every second, as if something had been revoked each second; the gateways take turns.
"""

import json
import statistics
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from bench.gateway import GATEWAY_CORE, LOAD_CORE, TARGET, Peer, free_port, gateway_environment
from bench.gateway import measure as put_load_on
from bench.processes import pinned, wait_for
from bench.small_service import nothing_revoked
from gateway.revocations import parse_snapshot
from shared.testing.tokens import access_token, jwks

COUNTS = (0, 1_000, 100_000)
ROUNDS, SECONDS = 5, 4


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        key = generate_private_key(public_exponent=65537, key_size=3072)
        (folder / "jwks.json").write_bytes(jwks(key))
        token = access_token(key, exp=int(time.time()) + 24 * 3600)
        snapshots = {count: _snapshot(jwks(key), count) for count in COUNTS}
        peers = [_start(stack, folder, token, *of) for of in snapshots.items()]
        for number in range(ROUNDS):
            sys.stderr.write(f"round {number + 1} of {ROUNDS}\n")
            for peer in peers:
                put_load_on(peer, token, SECONDS)
        print("| revoked | CPU µs a request: median (lowest to highest) | p50 | p99 | reading it |")
        print("|---|---|---|---|---|")
        for peer, snapshot in zip(peers, snapshots.values(), strict=True):
            _print(peer, _milliseconds_to_read(snapshot))


def _snapshot(keys: bytes, count: int) -> bytes:
    """Return a snapshot with `count` entries, half sessions and half people."""
    snapshot = json.loads(nothing_revoked(keys))
    snapshot["sids"] = [str(uuid.uuid4()) for _ in range(count // 2)]
    snapshot["versions"] = {str(uuid.uuid4()): 2 for _ in range(count - count // 2)}
    return json.dumps(snapshot, separators=(",", ":")).encode()


def _start(stack: ExitStack, folder: Path, token: str, count: int, snapshot: bytes) -> Peer:
    """Start a service with this snapshot and a gateway before it."""
    (folder / f"{count}.json").write_bytes(snapshot)
    port, log = free_port(), folder / f"{count}.log"
    files = [str(folder / "jwks.json"), str(folder / f"{count}.json")]
    command = [sys.executable, "-m", "bench.small_service", str(port), *files]
    stack.enter_context(pinned(command, core=LOAD_CORE, env={}, log=folder / f"{count}s.log"))
    own = free_port()
    environment = gateway_environment(f"http://127.0.0.1:{port}", own)
    command = [sys.executable, "-m", "gateway"]
    process = pinned(command, core=GATEWAY_CORE, env=environment, log=log)
    peer = Peer(f"{count:,}", own, stack.enter_context(process))
    wait_for(f"http://127.0.0.1:{own}{TARGET}", {"Authorization": f"Bearer {token}"}, log)
    return peer


def _milliseconds_to_read(snapshot: bytes) -> float:
    def once() -> float:
        began = time.perf_counter()
        parse_snapshot(snapshot)
        return (time.perf_counter() - began) * 1e3

    return statistics.median(once() for _ in range(20))


def _print(peer: Peer, milliseconds: float) -> None:
    middle = sorted(range(len(peer.costs)), key=peer.costs.__getitem__)[len(peer.costs) // 2]
    print(
        f"| {peer.name} | {peer.costs[middle]:.0f} ({min(peer.costs):.0f} to "
        f"{max(peer.costs):.0f}) | {peer.medians[middle]} | {peer.tails[middle]} "
        f"| {milliseconds:.1f} ms |"
    )


if __name__ == "__main__":
    main()
