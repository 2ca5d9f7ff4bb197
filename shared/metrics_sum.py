"""The numbers of several processes as if they were one's: written down, read, and added up."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric

Snapshot = list[tuple[str, str, str, list[tuple[str, dict[str, str], float]]]]
"""Families: name, documentation, type, and samples of name, labels and value."""

_LARGEST: Final = (
    "_age_seconds",
    "_start_time_seconds",
    "_max_fds",
    "_build_info",
)  # of which a sum says nothing
_COUNTED: Final = frozenset({"counter", "histogram"})


def snapshot(registry: CollectorRegistry) -> bytes:
    """Write down what there is now, as one line."""
    families = [
        (
            family.name,
            family.documentation,
            family.type,
            [(s.name, s.labels, s.value) for s in family.samples],
        )
        for family in registry.collect()
    ]
    return json.dumps(families).encode() + b"\n"


def read(line: bytes) -> Snapshot:
    """Read what `snapshot` has written."""
    families: Snapshot = json.loads(line)
    return families


def only_counted(families: Snapshot) -> Snapshot:
    """Return what still counts of a process that is gone."""
    return [family for family in families if family[2] in _COUNTED]


def added(snapshots: Iterable[Snapshot]) -> Iterator[Metric]:
    """Return the sum; of ages and the like the largest."""
    families: dict[str, tuple[Metric, dict[tuple[Any, ...], float]]] = {}
    for name, documentation, kind, samples in (one for each in snapshots for one in each):
        default: tuple[Metric, dict[tuple[Any, ...], float]]
        default = (Metric(name, documentation, kind), {})
        _, values = families.setdefault(name, default)
        for sample, labels, value in samples:
            key = (sample, tuple(labels.items()))
            known = values.get(key)
            if known is None:
                values[key] = value
            else:
                values[key] = max(known, value) if sample.endswith(_LARGEST) else known + value
    for family, values in families.values():
        for (sample, labels), value in values.items():
            family.add_sample(sample, dict(labels), value)
        yield family


def kept(gone: Snapshot, families: Snapshot) -> Snapshot:
    """Return what is known of those that are gone, with one more of them."""
    return [
        (
            family.name,
            family.documentation,
            family.type,
            [(s.name, dict(s.labels), s.value) for s in family.samples],
        )
        for family in added([gone, only_counted(families)])
    ]
