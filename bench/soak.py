"""The gateway at half load for an hour: are its memory and its descriptors flat, and what fails?

`python -m bench.soak --minutes 60`. The gateway runs on one core, as `python -m gateway` does, with
its access log; the traffic of bench/harness/soak_traffic.py and the service behind on the other.
The rate is half of what the gateway's core can do, by the CPU that a request costs. It ends by
itself: with status 0 if everything is flat and nothing failed. What is late waits in the load for a
connection: then the machine does something else, too, and the times of that minute say nothing.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench.harness.load import GATEWAY_CORE, LOAD_CORE, PAGE
from bench.harness.service import start_service
from bench.harness.soak_traffic import Counts, Traffic
from bench.harness.tokens import signed
from bench.peers.running import Running, start
from bench.peers.vitrina import FEW_TOKENS, UNLIMITED, vitrina
from standalone.ports import free_port

TOKENS = 20_000
"""Twice as many as the gateway is set to remember, so that in turns each is a fresh one."""
CALIBRATION_RATE, CALIBRATION_SECONDS = 1_000, 15
WARM_UP = 10
"""Minutes after which every cache is full; of a shorter soak, a quarter."""
LEAST = 3
"""Minutes."""
GROWTH_MIB, GROWTH_DESCRIPTORS = 4.0, 4.0
"""What is flat: growth after the warm-up that is no more than this."""

SETTINGS = {
    **FEW_TOKENS,
    "GATEWAY_ACCESS_LOG": "true",
    "GATEWAY_CACHE_SIZE": str(8 * 2**20),  # full within a minute
    "GATEWAY_SIGN_IN_LIMIT": UNLIMITED["GATEWAY_ADDRESS_LIMIT"],
    "TRUSTED_PROXIES": '["127.0.0.1/32"]',
}
SHOWN = {
    "tokens": "vitrina_tokens_remembered",
    "cache MiB": "vitrina_response_cache_bytes",
    "busy": 'vitrina_upstream_connections{state="busy"',
    "idle": 'vitrina_upstream_connections{state="idle"',
    "under way": "vitrina_requests_under_way",
}
MEASURED = (
    "minute",
    "requests/s",
    "late",
    "failed",
    "errors",
    "core",
    "p50 ms",
    "p99 ms",
    "RSS MiB",
    "fds",
)
ERROR = b'"level": "ERROR"'


@dataclass(frozen=True, slots=True)
class Minute:
    """What the gateway took at the end of a minute, and how many it had served by then."""

    requests: int
    memory: float  # MiB
    descriptors: int  # but those of the pools of connections, which breathe and are bounded


@dataclass(frozen=True, slots=True)
class Growth:
    """What came on top between the end of the warm-up and the end, by the line of best fit."""

    requests: int
    memory: float
    descriptors: float

    @property
    def is_flat(self) -> bool:
        """Tell whether this is no leak."""
        return self.memory <= GROWTH_MIB and self.descriptors <= GROWTH_DESCRIPTORS

    def __str__(self) -> str:
        each = self.memory * 2**20 / max(1, self.requests)
        return (
            f"{self.memory:+.1f} MiB ({each:+.2f} bytes a request) and "
            f"{self.descriptors:+.1f} descriptors over {self.requests:,} requests"
        )


def growth(minutes: Sequence[Minute]) -> Growth:
    """Return what was added after the warm-up."""
    rest = minutes[min(WARM_UP, len(minutes) // 4) :]
    requests = [minute.requests for minute in rest]
    served = requests[-1] - requests[0]

    def over_all(values: Sequence[float]) -> float:
        return statistics.linear_regression(requests, values).slope * served

    memory = over_all([minute.memory for minute in rest])
    return Growth(served, memory, over_all([float(minute.descriptors) for minute in rest]))


class Soak:
    """One gateway under traffic, looked at each minute."""

    def __init__(
        self, gateway: Running, metrics_port: int, log: Path, tokens: Sequence[str]
    ) -> None:
        self._process = gateway.process
        self._log, self._read = log, 0
        self._traffic = Traffic(gateway.port, tokens)
        self._metrics = f"http://127.0.0.1:{metrics_port}/metrics"

    async def half_load(self) -> float:
        """Return half of the requests a second that the gateway's core can do."""
        await self._traffic.run(CALIBRATION_RATE, CALIBRATION_SECONDS / 3)  # for warmth
        before, self._traffic.counts = self._process.cpu_seconds(), Counts()
        await self._traffic.run(CALIBRATION_RATE, CALIBRATION_SECONDS)
        answered = len(self._traffic.counts.times) + self._traffic.counts.sent["leaving"]
        cost = (self._process.cpu_seconds() - before) / answered
        print(f"A request costs {cost * 1e6:.0f} µs of CPU; half load is {0.5 / cost:,.0f}/s.\n")
        return 0.5 / cost

    async def run(self, rate: float, minutes: int) -> int:
        """Print a row each minute and what is to be said of them; return a status for exit(3)."""
        head = [*MEASURED, *SHOWN]
        print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}", flush=True)
        seen: list[Minute] = []
        sent, failed, errors = Counter[str](), Counter[str](), 0
        for number in range(1, minutes + 1):
            self._traffic.counts, before = Counts(), self._process.cpu_seconds()
            began = time.monotonic()
            await self._traffic.run(rate, 60)
            counts, took = self._traffic.counts, time.monotonic() - began
            core = (self._process.cpu_seconds() - before) / took
            self._traffic.give_up_what_takes_too_long()
            sent += counts.sent
            failed += counts.failed
            errors += (logged := self._errors())
            shown = await asyncio.to_thread(self._shown)
            pooled = sum(int(shown[list(SHOWN).index(state)]) for state in ("busy", "idle"))
            descriptors = self._descriptors()
            now = Minute(sent.total(), self._process.rss_mib(), descriptors - pooled)
            seen.append(now)
            row = [
                f"{number}",
                f"{counts.sent.total() / took:,.0f}",
                f"{self._traffic.late}",
                f"{counts.failed.total()}",
                f"{logged}",
                f"{core:.0%}",
                f"{counts.percentile(0.5):.1f}",
                f"{counts.percentile(0.99):.1f}",
                f"{now.memory:.1f}",
                f"{descriptors}",
                *shown,
            ]
            print(f"| {' | '.join(row)} |", flush=True)
        return _summarize(sent, failed, errors, growth(seen))

    def _errors(self) -> int:
        """Count the errors that were logged since the last time, and forget the log."""
        with self._log.open("rb") as log:
            log.seek(self._read)
            errors = sum(ERROR in line for line in log)
            self._read = log.tell()
        os.truncate(self._log, 0)  # what is written next stands at its place behind a hole
        return errors

    def _descriptors(self) -> int:
        return sum(1 for _ in Path(f"/proc/{self._process.pid}/fd").iterdir())

    def _shown(self) -> list[str]:
        with urllib.request.urlopen(self._metrics) as page:
            lines = page.read().decode().splitlines()
        found = []
        for column, wanted in SHOWN.items():
            name, _, labels = wanted.partition("{")
            value = sum(
                float(line.rpartition(" ")[2])
                for line in lines
                if line.startswith((f"{name}{{", f"{name} ")) and labels in line
            )
            found.append(f"{value / 2**20:.1f}" if column.endswith("MiB") else f"{value:.0f}")
        return found


def _summarize(sent: Counter[str], failed: Counter[str], errors: int, grown: Growth) -> int:
    print(f"\nSent: {', '.join(f'{count:,} {kind}' for kind, count in sent.most_common())}.")
    print(f"Failed: {failed.total():,} of {sent.total():,}.", *failed.most_common(10))
    print(f"Errors in the gateway's log: {errors:,}.")
    print(f"After the warm-up: {grown}: {'flat' if grown.is_flat else 'NOT FLAT'}.", flush=True)
    return 0 if grown.is_flat and not failed and not errors else 1


def main() -> int:
    """Start everything, soak, and end everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    minutes = parser.parse_args().minutes
    if minutes < LEAST:
        parser.error(f"less than {LEAST} minutes show no growth")
    file = signed(TOKENS).file
    tokens = file.read_text().split()[:TOKENS]
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        testbed = start_service(stack, Path(name), "bench.harness.soak_service")
        metrics_port = free_port()
        recipe = vitrina(**SETTINGS, GATEWAY_METRICS_PORT=str(metrics_port))
        gateway = start(
            stack, testbed, "Vitrina", recipe, core=GATEWAY_CORE, page=PAGE, token=tokens[0]
        )
        os.sched_setaffinity(0, {LOAD_CORE})

        async def soak() -> int:
            soak = Soak(gateway, metrics_port, testbed.folder / f"{gateway.port}.log", tokens)
            return await soak.run(await soak.half_load(), minutes)

        return uvloop.run(soak())


if __name__ == "__main__":
    sys.exit(main())
