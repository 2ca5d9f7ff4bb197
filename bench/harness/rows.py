"""Peers take turns, so that a noisy neighbour hits all of them; then tables and targets."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.harness.load import FailedUnderLoad, Sample, median_of
from bench.peers.running import Running

Series = dict[str, list[Sample]]
Load = Callable[[Running, int], Sample]
"""Puts load on a peer in the round of this number."""


@dataclass(frozen=True, slots=True)
class Target:
    """A promise of the design, and what was measured of it."""

    what: str
    wanted: str
    measured: str
    met: bool


def take_turns(what: str, peers: Sequence[Running], rounds: int, load: Load) -> Series:
    """Measure all peers, round by round; one that fails is named and left out."""
    series: Series = {peer.name: [] for peer in peers}
    for number in range(rounds):
        sys.stderr.write(f"{what}: round {number + 1} of {rounds}\n")
        for peer in peers:
            if peer.name not in series:
                continue
            try:
                series[peer.name].append(load(peer, number))
            except FailedUnderLoad as error:
                del series[peer.name]
                print(f"{what}: {peer.name} failed under load: {' '.join(str(error).split())}\n")
    return series


def print_series(what: str, series: Mapping[str, Sequence[Sample]], *, base: str) -> None:
    """Print a table in which `base` is the unit."""
    unit = median_of(series[base]) if base in series else 0.0
    print(f"### {what}\n")
    rate = "requests/s: median (lowest to highest)"
    print(f"| peer | {rate} | {base} = 1 | CPU µs | p50 | p95 | p99 |")
    print("|---|---|---|---|---|---|---|")
    for name, samples in series.items():
        rates = [sample.rate for sample in samples]
        times = f"{median_of(samples) / unit:.1f}" if unit else "-"
        p50, p95, p99 = (f"{median_of(samples, each):.1f} ms" for each in ("p50", "p95", "p99"))
        print(
            f"| {name} | {median_of(samples):,.0f} ({min(rates):,.0f} to {max(rates):,.0f}) "
            f"| {times} | {median_of(samples, 'cost'):.0f} | {p50} | {p95} | {p99} |"
        )
    print(flush=True)


def at_least(
    what: str, series: Mapping[str, Sequence[Sample]], ours: str, times: float, peer: str
) -> Target:
    """Return whether `ours` reaches so many times the rate of a peer."""
    wanted = f"≥ {times:g}× {peer}"
    if not series.get(peer) or not series.get(ours):
        return Target(what, wanted, "not measured", met=False)
    ratio = median_of(series[ours]) / median_of(series[peer])
    return Target(what, wanted, f"{ratio:.2f}×", met=ratio >= times)


def at_most(what: str, measured: float, limit: float, unit: str) -> Target:
    """Return whether a figure stays below its limit."""
    return Target(what, f"≤ {limit:g} {unit}", f"{measured:.2f} {unit}", met=measured <= limit)


def even(what: str, series: Mapping[str, Sequence[Sample]], within: float) -> Target:
    """Return whether no row of a series is slower than the first by more than `within`."""
    rates = [median_of(samples) for samples in series.values() if samples]
    worst = min(rates) / rates[0] - 1
    return Target(what, f"within {within:.0%}", f"{worst:+.1%} at worst", met=worst >= -within)


def print_targets(targets: Sequence[Target]) -> None:
    """Print what was promised, and whether it is kept."""
    print("### Targets\n")
    print("| what | target | measured | met |")
    print("|---|---|---|---|")
    for target in targets:
        met = "yes" if target.met else "**no**"
        print(f"| {target.what} | {target.wanted} | {target.measured} | {met} |")
    print(flush=True)
