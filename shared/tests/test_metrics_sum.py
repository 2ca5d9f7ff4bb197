"""The numbers of several processes, added up."""

import platform

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from shared.metrics import Metrics
from shared.metrics_sum import Snapshot, added, kept, read, snapshot
from shared.version import VERSION

LABELS = {"route": "/", "method": "GET", "status": "2xx"}


def numbers(*, seconds: float = 0.02, depth: float = 3, age: float = 1) -> Snapshot:
    metrics = Metrics()
    metrics.count_request("/", "GET", 200, seconds)
    metrics.watch("gauge", "depth", "Of it.", lambda: depth)
    metrics.watch("gauge", "news_age_seconds", "Of them.", lambda: age)
    return read(snapshot(metrics.registry))


class Sum(Collector):
    def __init__(self, *snapshots: Snapshot) -> None:
        self.snapshots = snapshots

    def collect(self) -> list[Metric]:
        return list(added(self.snapshots))


def value(name: str, *snapshots: Snapshot, **labels: str) -> float | None:
    registry = CollectorRegistry()
    registry.register(Sum(*snapshots))
    return registry.get_sample_value(name, labels)


def test_counts_and_gauges_are_added() -> None:
    both = numbers(), numbers(seconds=7)
    assert value("vitrina_request_seconds_count", *both, **LABELS) == 2
    assert value("vitrina_request_seconds_sum", *both, **LABELS) == pytest.approx(7.02)
    assert value("vitrina_request_seconds_bucket", *both, **LABELS, le="0.025") == 1
    assert value("depth", *both) == 6


def test_what_runs_is_told_once_for_all() -> None:
    labels = {"version": VERSION, "revision": "", "python": platform.python_version()}
    assert value("vitrina_build_info", numbers(), numbers(), **labels) == 1


def test_of_ages_the_largest_is_told() -> None:
    assert value("news_age_seconds", numbers(age=1), numbers(age=9), numbers(age=2)) == 9


def test_who_is_gone_still_counts_but_has_nothing_any_more() -> None:
    gone = kept(kept([], numbers()), numbers())
    assert value("vitrina_request_seconds_count", gone, numbers(), **LABELS) == 3
    assert value("depth", gone, numbers()) == 3


def test_prometheus_can_read_it() -> None:
    registry = CollectorRegistry()
    registry.register(Sum(numbers(), numbers()))
    assert b"# TYPE vitrina_request_seconds histogram\n" in generate_latest(registry)
