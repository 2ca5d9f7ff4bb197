"""What everybody else feels while 500 clients send bodies slowly.

Run as `python -m bench.slow_bodies`: the real gateway with its default bounds, services that answer
from memory, and clients at five addresses that send 65.6 kB of a sign-in and then 1.1 kB a
second, and begin again when they are refused. Requests of everybody else come from another address
at a constant rate; their times count from when they were due. Before and meanwhile take turns.
"""

import argparse
import asyncio
import os
import signal
import statistics
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

import uvloop

from bench.harness.load import GATEWAY_CORE, LOAD_CORE, PAGE
from bench.harness.tokens import signed, write_keys
from bench.peers.running import start
from bench.peers.testbed import Testbed
from bench.peers.vitrina import vitrina
from bench.service_outage import CART, ME, RATE, Outage, Service

ROUNDS = 5
SLOW = 500
ADDRESSES = 5
AT_ONCE, A_SECOND, DECLARED = 65_600, 1_100, 128 * 1024
LOGIN = "/api/v1/auth/login"
DEFAULTS = {"GATEWAY_ADDRESS_CONCURRENCY": "256", "GATEWAY_USER_CONCURRENCY": "32"}
TARGET = 2.0
"""Times that others' p99 may become."""


class SlowClients:
    """Keep so many under way; `seen` counts what they are answered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.open = 0
        self.seen: Counter[int] = Counter()

    @asynccontextmanager
    async def there(self) -> AsyncIterator[None]:
        """Have all of them sending within the context."""
        self.seen.clear()
        clients = [asyncio.create_task(self._send(number)) for number in range(SLOW)]
        await asyncio.sleep(3)
        try:
            yield
        finally:
            for client in clients:
                client.cancel()
            await asyncio.gather(*clients, return_exceptions=True)

    async def _send(self, number: int) -> None:
        await asyncio.sleep(number / SLOW)
        address = f"127.0.0.{2 + number % ADDRESSES}"
        while True:
            with suppress(OSError):
                await self._send_one(address)
            await asyncio.sleep(1)

    async def _send_one(self, address: str) -> None:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, local_addr=(address, 0)
        )
        answer = asyncio.create_task(reader.read(4096))
        self.open += 1
        try:
            head = f"POST {LOGIN} HTTP/1.1\r\nhost: shop.example\r\ncontent-length: {DECLARED}\r\n"
            writer.write(head.encode() + b"\r\n" + b"x" * AT_ONCE)
            while not answer.done():
                await asyncio.wait({answer}, timeout=1)
                writer.write(b"x" * A_SECOND)
            self.seen[int((await answer)[9:12] or b"0")] += 1
        finally:
            self.open -= 1
            answer.cancel()
            writer.transport.abort()


async def sign_ins(port: int) -> Counter[int]:
    """Send a hundred small bodies, one after the other; count what they are answered."""
    statuses: Counter[int] = Counter()
    body = b'{"login":"a@example.com","password":"x"}'
    for _ in range(100):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        fields = f"host: shop.example\r\ncontent-length: {len(body)}\r\nconnection: close"
        writer.write(f"POST {LOGIN} HTTP/1.1\r\n{fields}\r\n\r\n".encode() + body)
        statuses[int((await reader.read())[9:12])] += 1
        writer.close()
    return statuses


async def compare(outage: Outage, slow: SlowClients, target: str) -> bool:
    """Print what `target` costs before and while they send; tell whether that is little enough."""
    before, meanwhile = [], []
    for _ in range(ROUNDS):
        before.append(await outage.times(target))
        async with slow.there():
            there = slow.open
            meanwhile.append(await outage.times(target))
            others = dict(await sign_ins(outage.port))
    p50, p99 = (
        [statistics.median(each[name] for each in rounds) for rounds in (before, meanwhile)]
        for name in ("p50", "p99")
    )
    print(
        f"| {target} | {p50[0]:.2f} / {p50[1]:.2f} ms | {p99[0]:.2f} / {p99[1]:.2f} ms "
        f"| {p99[1] / p99[0]:.2f} | {others} | {there} open, {dict(slow.seen)} |",
        flush=True,
    )
    return p99[1] < TARGET * p99[0]


async def measure(outage: Outage, slow: SlowClients) -> None:
    """Print everything."""
    print(f"{RATE} requests a second beside {SLOW} slow bodies; medians of {ROUNDS} rounds.\n")
    print("| asked for | p50 before / meanwhile | p99 | times | others' sign-ins | slow clients |")
    print("|---|---|---|---|---|---|")
    met = [await compare(outage, slow, target) for target in (ME, CART)]
    print(f"\nOthers' p99 below {TARGET} times of before: {'yes' if all(met) else 'NO'}")


def main() -> None:
    """Start everything, measure, end everything."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    tokens = signed(1)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        keys, pem = write_keys(folder)
        service = Service(folder, keys)
        stack.callback(service.signal, signal.SIGKILL)
        service.start()
        testbed = Testbed(folder, f"http://127.0.0.1:{service.port}", keys, pem)
        gateway = start(
            stack,
            testbed,
            "Vitrina",
            vitrina(**DEFAULTS),
            core=GATEWAY_CORE,
            page=PAGE,
            token=tokens.hot(),
        )
        os.sched_setaffinity(0, {LOAD_CORE})
        uvloop.run(measure(Outage(gateway.port, tokens), SlowClients(gateway.port)))


if __name__ == "__main__":
    main()
