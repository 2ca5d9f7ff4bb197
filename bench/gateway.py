"""The gateway against the one of the textbook: `python -m bench.gateway`.

One core for the gateway, the other for the load and the service; the same RSA-3072 key and one
hot token for all; the peers take turns, so that a noisy neighbour hits all of them.
"""

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.processes import Pinned, pinned, wait_for
from shared.testing.tokens import access_token, jwks

ROOT = Path(__file__).parent.parent
PEER_PACKAGES = (
    "fastapi==0.165.0",
    "uvicorn==0.54.0",
    "uvloop==0.23.0",
    "httptools==0.9.0",
    "pyjwt[crypto]==2.15.1",
    "httpx==0.28.1",
    "httpx2==2.16.2",
)
TARGET = "/api/v1/products?page=1&size=10"
GATEWAY_CORE, LOAD_CORE = 0, 1


@dataclass(slots=True)
class Peer:
    """One row of the table."""

    name: str
    port: int
    process: Pinned
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)  # CPU, microseconds a request
    medians: list[str] = field(default_factory=list)
    tails: list[str] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    options = _options()
    if shutil.which("wrk") is None:
        raise SystemExit("The benchmark needs wrk: apt-get install wrk")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        key = generate_private_key(public_exponent=65537, key_size=3072)
        (folder / "jwks.json").write_bytes(jwks(key))
        pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / "public.pem").write_bytes(pem)
        token = access_token(key, exp=int(time.time()) + 24 * 3600)
        service = _start_service(stack, folder)
        peers = _start_peers(stack, folder, service, token, options.peer_venv)
        memory = _remember_memory(peers[0], token)
        for number in range(options.rounds):
            sys.stderr.write(f"round {number + 1} of {options.rounds}\n")
            for peer in peers:
                measure(peer, token, options.seconds)
        _print(peers, memory)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of load, each peer and round")
    parser.add_argument(
        "--peer-venv",
        type=Path,
        default=ROOT / ".vitrina" / "bench-peers",
        help="virtual environment of the textbook gateway; made if it is not there",
    )
    return parser.parse_args()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _start_service(stack: ExitStack, folder: Path) -> str:
    port = free_port()
    command = [sys.executable, "-m", "bench.small_service", str(port), str(folder / "jwks.json")]
    log = folder / "service.log"
    stack.enter_context(pinned(command, core=LOAD_CORE, env={}, log=log))
    wait_for(f"http://127.0.0.1:{port}/", {}, log)
    return f"http://127.0.0.1:{port}"


def _start_peers(
    stack: ExitStack, folder: Path, service: str, token: str, peer_venv: Path
) -> list[Peer]:
    """Start the gateway, then the textbook with each client."""
    python = _peer_python(peer_venv)
    port = free_port()
    env = gateway_environment(service, port)
    started = [_start(stack, folder, "Vitrina", port, [sys.executable, "-m", "gateway"], env)]
    for client in ("httpx", "httpx2"):
        port = free_port()
        env = {
            "BENCH_CLIENT": client,
            "BENCH_UPSTREAM": service,
            "BENCH_PUBLIC_KEY": str(folder / "public.pem"),
        }
        uvicorn = [str(python), "-m", "uvicorn", "bench.textbook:app", "--no-access-log"]
        command = [*uvicorn, "--log-level", "warning", "--port", str(port)]
        started.append(_start(stack, folder, f"textbook, {client}", port, command, env))
    for peer in started:
        log = folder / f"{peer.port}.log"
        wait_for(f"http://127.0.0.1:{peer.port}{TARGET}", {"Authorization": f"Bearer {token}"}, log)
    return started


def gateway_environment(service: str, port: int) -> dict[str, str]:
    """Return what the gateway is told: also to count, but to let everything pass."""
    return {
        "GATEWAY_ADDRESS_LIMIT": str(10**9),
        "GATEWAY_USER_LIMIT": str(10**9),
        "GATEWAY_AUTH_URL": service,
        "GATEWAY_CATALOG_URL": service,
        "GATEWAY_PORT": str(port),
        "INTERNAL_SECRETS": json.dumps(["x" * 32]),
    }


def _start(
    stack: ExitStack,
    folder: Path,
    name: str,
    port: int,
    command: Sequence[str],
    env: dict[str, str],
) -> Peer:
    log = folder / f"{port}.log"
    return Peer(
        name, port, stack.enter_context(pinned(command, core=GATEWAY_CORE, env=env, log=log))
    )


def _peer_python(folder: Path) -> Path:
    """Return the Python of the peers' environment, made now if need be."""
    python = folder / "bin" / "python"
    if not python.exists():
        sys.stderr.write(f"making {folder}\n")
        venv.create(folder, with_pip=True)
        install = [str(python), "-m", "pip", "install", "-q", *PEER_PACKAGES]
        done = subprocess.run(install, check=False, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"The peers cannot be installed:\n{done.stderr}")
    return python


def _remember_memory(gateway: Peer, token: str) -> float:
    """Return the gateway's resident memory in MiB after 1,000 requests."""
    for _ in range(1000):
        wait_for(
            f"http://127.0.0.1:{gateway.port}{TARGET}",
            {"Authorization": f"Bearer {token}"},
            Path(os.devnull),
        )
    return gateway.process.rss_mib()


def measure(peer: Peer, token: str, seconds: int) -> None:
    """Put 32 connections of load on the peer and note what it did."""
    before = peer.process.cpu_seconds()
    command = ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", "-c32", f"-d{seconds}s", "--latency"]
    command += ["--timeout", "10s"]
    header = f"Authorization: Bearer {token}"
    url = f"http://127.0.0.1:{peer.port}{TARGET}"
    report = subprocess.run(
        [*command, "-H", header, url], check=True, capture_output=True, text=True
    ).stdout
    used = peer.process.cpu_seconds() - before
    if "Non-2xx" in report or "Socket errors" in report:
        raise SystemExit(f"{peer.name} failed under load:\n{report}")
    requests = int(re.findall(r"(\d+) requests in", report)[0])
    peer.rates.append(float(re.findall(r"Requests/sec:\s+([\d.]+)", report)[0]))
    peer.costs.append(used / requests * 1e6)
    peer.medians.append(re.findall(r"(?m)^ +50% +(\S+)", report)[0])
    peer.tails.append(re.findall(r"(?m)^ +99% +(\S+)", report)[0])


def _print(peers: list[Peer], memory: float) -> None:
    rate, cost = statistics.median(peers[1].rates), statistics.median(peers[1].costs)
    print(
        "| gateway | requests/s: median (lowest to highest) | times the textbook's "
        "| CPU µs a request | textbook's CPU is | p50 | p99 |"
    )
    print("|---|---|---|---|---|---|---|")
    for peer in peers:
        median, cpu = statistics.median(peer.rates), statistics.median(peer.costs)
        middle = sorted(range(len(peer.rates)), key=peer.rates.__getitem__)[len(peer.rates) // 2]
        print(
            f"| {peer.name} | {median:,.0f} ({min(peer.rates):,.0f} to {max(peer.rates):,.0f}) "
            f"| {median / rate:.1f} | {cpu:.0f} | {cost / cpu:.1f} times that "
            f"| {peer.medians[middle]} | {peer.tails[middle]} |"
        )
    print(f"\nMemory of the gateway after 1,000 requests: {memory:.0f} MiB")
    print(f"{len(peers[0].rates)} rounds, 32 connections, {os.cpu_count()} CPUs, one core each")


if __name__ == "__main__":
    main()
