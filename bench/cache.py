"""What a page costs the gateway that it keeps, and one that it does not: `python -m bench.cache`.

The same hot token and the same page, which its service marks for a second; the gateways take turns.
The one without a cache asks for each request, the other once a second, and is told that nothing
has changed.
"""

import argparse
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from bench.gateway import GATEWAY_CORE, LOAD_CORE, TARGET, Peer, free_port, gateway_environment
from bench.gateway import measure as put_load_on
from bench.processes import pinned, wait_for
from shared.testing.tokens import access_token, jwks

KINDS = {
    "not kept": {"GATEWAY_CACHE_SIZE": "0"},
    "kept": {},
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of load, each gateway and round")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        key = generate_private_key(public_exponent=65537, key_size=3072)
        (folder / "jwks.json").write_bytes(jwks(key))
        token = access_token(key, exp=int(time.time()) + 24 * 3600)
        service = _start_service(stack, folder)
        peers = [_start(stack, folder, service, token, kind) for kind in KINDS]
        for number in range(options.rounds):
            sys.stderr.write(f"round {number + 1} of {options.rounds}\n")
            for peer in peers:
                put_load_on(peer, token, options.seconds)
        _print(peers)


def _start_service(stack: ExitStack, folder: Path) -> str:
    port, log = free_port(), folder / "service.log"
    command = [sys.executable, "-m", "bench.small_service", str(port), str(folder / "jwks.json")]
    stack.enter_context(pinned(command, core=LOAD_CORE, env={"BENCH_MARKED": "1"}, log=log))
    wait_for(f"http://127.0.0.1:{port}/", {}, log)
    return f"http://127.0.0.1:{port}"


def _start(stack: ExitStack, folder: Path, service: str, token: str, kind: str) -> Peer:
    port = free_port()
    log = folder / f"{port}.log"
    command = [sys.executable, "-m", "gateway"]
    environment = gateway_environment(service, port) | KINDS[kind]
    process = pinned(command, core=GATEWAY_CORE, env=environment, log=log)
    peer = Peer(kind, port, stack.enter_context(process))
    wait_for(f"http://127.0.0.1:{port}{TARGET}", {"Authorization": f"Bearer {token}"}, log)
    return peer


def _print(peers: list[Peer]) -> None:
    print("| the page is | requests/s: median (lowest to highest) | CPU µs a request | p50 | p99 |")
    print("|---|---|---|---|---|")
    for peer in peers:
        middle = sorted(range(len(peer.rates)), key=peer.rates.__getitem__)[len(peer.rates) // 2]
        print(
            f"| {peer.name} | {statistics.median(peer.rates):,.0f} ({min(peer.rates):,.0f} to "
            f"{max(peer.rates):,.0f}) | {statistics.median(peer.costs):.0f} "
            f"| {peer.medians[middle]} | {peer.tails[middle]} |"
        )


if __name__ == "__main__":
    main()
