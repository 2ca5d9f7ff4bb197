"""What the gateway adds to the time of an answer at half load, by an open load of constant rate."""

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bench.harness.load import LOAD_CORE, PAGE
from bench.harness.rows import Target, at_most
from bench.harness.tokens import Tokens
from bench.peers.running import Running

DIRECT = "no gateway"
FIGURES = ("p50", "p99", "p999")


@dataclass(frozen=True, slots=True)
class Times:
    """Medians over the rounds, in milliseconds."""

    name: str
    figures: dict[str, float]


def measure(
    peers: Sequence[Running], service_port: int, tokens: Tokens, *, rate: float, rounds: int,
    seconds: int,
) -> list[Times]:  # fmt: skip
    """Ask the service itself and each peer `rate` times a second, in turns."""
    ports = {DIRECT: service_port, **{peer.name: peer.port for peer in peers}}
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in ports}
    for number in range(rounds):
        sys.stderr.write(f"half load: round {number + 1} of {rounds}\n")
        for name, port in ports.items():
            seen[name].append(_ask(port, tokens, rate, seconds))
    return [
        Times(name, {of: statistics.median(each[of] for each in rounds) for of in FIGURES})
        for name, rounds in seen.items()
    ]


def print_times(times: Sequence[Times], rate: float) -> list[Target]:
    """Print a table; return what it says of the first gateway."""
    direct = times[0].figures
    print(f"### Added latency at {rate:,.0f} requests a second, half of what Vitrina can do\n")
    print("| gateway | p50 | p99 | p99.9 | added p50 | added p99 |")
    print("|---|---|---|---|---|---|")
    for each in times:
        p50, p99, p999 = (each.figures[name] for name in FIGURES)
        added = f"{p50 - direct['p50']:.2f} ms | {p99 - direct['p99']:.2f} ms"
        print(f"| {each.name} | {p50:.2f} ms | {p99:.2f} ms | {p999:.2f} ms | {added} |")
    print(flush=True)
    ours = times[1].figures
    return [
        at_most("latency added at half load, p50", ours["p50"] - direct["p50"], 1, "ms"),
        at_most("latency added at half load, p99", ours["p99"] - direct["p99"], 5, "ms"),
    ]


def _ask(port: int, tokens: Tokens, rate: float, seconds: int) -> dict[str, float]:
    command = ["taskset", "-c", str(LOAD_CORE), sys.executable, "-m", "bench.harness.constant_rate"]
    arguments = ["127.0.0.1", str(port), PAGE, str(tokens.file), f"{rate:.0f}", str(seconds)]
    done = subprocess.run([*command, *arguments], check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures
