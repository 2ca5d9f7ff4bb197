"""Times of requests to one service while the other is killed, or hangs.

Run as `python -m bench.service_outage`: the real gateway, two services that respond from memory,
clients that keep asking for the one that goes away, and requests for the other at a constant rate,
whose times count from when they were due. Before and meanwhile take turns, five minutes in all.
"""

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from bench.harness.load import GATEWAY_CORE, LOAD_CORE, PAGE
from bench.harness.processes import wait_for
from bench.harness.tokens import Tokens, key, signed, write_keys
from bench.peers.running import start
from bench.peers.testbed import Testbed
from bench.peers.vitrina import vitrina
from standalone.ports import free_port
from testing.tokens import access_token

ROUNDS, SECONDS, RATE = 5, 6, 300
CLIENTS, PAUSE = 300, 1.0
"""More clients than connections and places in the queue; seconds between two requests of one."""
ME, CART = "/api/v1/users/me", "/api/v1/cart"


@dataclass
class Service:
    """A service that can be killed, stopped and started again where it was."""

    folder: Path
    keys: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Have it respond."""
        command = [
            "taskset",
            "-c",
            str(LOAD_CORE),
            sys.executable,
            "-m",
            "bench.harness.small_service",
        ]
        self.process = subprocess.Popen([*command, str(self.port), str(self.keys)])
        wait_for(f"http://127.0.0.1:{self.port}/", {}, self.keys)

    def signal(self, number: int) -> None:
        """Send it a signal; after SIGKILL it is gone."""
        assert self.process is not None
        self.process.send_signal(number)
        if number == signal.SIGKILL:
            self.process.wait()

    @contextmanager
    def away(self, how: str) -> Iterator[None]:
        """Be killed, or hang, and come back."""
        self.signal(signal.SIGKILL if "killed" in how else signal.SIGSTOP)
        try:
            yield
        finally:
            if "killed" in how:
                self.start()
            else:
                self.signal(signal.SIGCONT)


@dataclass
class Outage:
    """One gateway during an outage, and what its clients see."""

    port: int
    tokens: Tokens
    seen: Counter[int] = field(default_factory=Counter)

    async def times(self, target: str) -> dict[str, float]:
        """Ask for a target at a constant rate; return percentiles in milliseconds."""
        command = [
            "taskset",
            "-c",
            str(LOAD_CORE),
            sys.executable,
            "-m",
            "bench.harness.constant_rate",
        ]
        where = ("127.0.0.1", str(self.port), target, str(self.tokens.file))
        process = await asyncio.create_subprocess_exec(
            *command, *where, str(RATE), str(SECONDS), stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        if process.returncode:
            raise SystemExit(f"{target} did not get a 200")
        figures: dict[str, float] = json.loads(output)
        return figures

    async def status(self, target: str, token: str) -> int:
        """Ask once, on a connection of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        fields = f"host: shop.example\r\nauthorization: Bearer {token}\r\nconnection: close"
        writer.write(f"GET {target} HTTP/1.1\r\n{fields}\r\n\r\n".encode())
        response = await reader.read()
        writer.close()
        return int(response[9:12])

    async def clients(self, target: str) -> None:
        """Have many clients ask again and again, and count the statuses they get."""
        token = self.tokens.hot()

        async def look(number: int) -> None:
            await asyncio.sleep(number / CLIENTS * PAUSE)
            while True:
                self.seen[await self.status(target, token)] += 1
                await asyncio.sleep(PAUSE)

        await asyncio.gather(*map(look, range(CLIENTS)))


async def compare(outage: Outage, service: Service, how: str, target: str, others: str) -> None:
    """Print what requests for `target` take before and while `service` is away."""
    before, meanwhile = [], []
    around = asyncio.create_task(outage.clients(others))
    for _ in range(ROUNDS):
        before.append(await outage.times(target))
        with service.away(how):
            outage.seen.clear()
            meanwhile.append(await outage.times(target))
            statuses = dict(outage.seen)
        await _until(lambda: _is_back(outage, others))
    around.cancel()
    p50, p99 = (
        [statistics.median(each[name] for each in rounds) for rounds in (before, meanwhile)]
        for name in ("p50", "p99")
    )
    print(
        f"| {how} | {target} | {p50[0]:.2f} / {p50[1]:.2f} ms | {p99[0]:.2f} / {p99[1]:.2f} ms "
        f"| {p99[1] / p99[0]:.2f} | {statuses} |",
        flush=True,
    )


async def expiry(outage: Outage, auth: Service) -> None:
    """Print what tokens are worth while auth is killed: those that hold, and those that end."""
    short = access_token(key(), exp=int(time.time()) + 3)
    known = await outage.status(CART, short)
    with auth.away("killed"):
        new = Counter([await outage.status(CART, access_token(key())) for _ in range(50)])
        await _until(lambda: _is(outage, short, 401))
        over = await outage.status(CART, access_token(key(), exp=int(time.time()) - 1))
    print(f"\nWith auth killed: 50 tokens never seen before {dict(new)}; one that was")
    print(f"served with {known} is a 401 once it has expired, an expired one {over}.")


async def _is(outage: Outage, token: str, status: int) -> bool:
    return await outage.status(CART, token) == status


async def _is_back(outage: Outage, target: str) -> bool:
    return await outage.status(target, outage.tokens.hot()) == 200


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(400):
        if await condition():
            return
        await asyncio.sleep(0.1)
    raise SystemExit("what should come does not come")


async def measure(outage: Outage, auth: Service, catalog: Service) -> None:
    """Print everything."""
    print(f"{RATE} requests a second beside {CLIENTS} clients; medians of {ROUNDS} rounds.\n")
    print("| what happens | asked for | p50 before / meanwhile | p99 | times | the others see |")
    print("|---|---|---|---|---|---|")
    for how in ("killed", "hangs"):
        await compare(outage, catalog, f"catalog {how}", ME, CART)
    for how in ("killed", "hangs"):
        await compare(outage, auth, f"auth {how}", CART, ME)
    await expiry(outage, auth)


def main() -> None:
    """Start everything, measure, end everything."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    tokens = signed(1)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        keys, pem = write_keys(folder)
        auth, catalog = Service(folder, keys), Service(folder, keys)
        for service in (auth, catalog):
            stack.callback(service.signal, signal.SIGKILL)
            service.start()
        testbed = Testbed(folder, f"http://127.0.0.1:{auth.port}", keys, pem)
        recipe = vitrina(GATEWAY_CATALOG_URL=f"http://127.0.0.1:{catalog.port}")
        gateway = start(
            stack, testbed, "Vitrina", recipe, core=GATEWAY_CORE, page=PAGE, token=tokens.hot()
        )
        os.sched_setaffinity(0, {LOAD_CORE})
        uvloop.run(measure(Outage(gateway.port, tokens), auth, catalog))


if __name__ == "__main__":
    main()
