"""What a process counts, as Prometheus reads it: on a port of its own, never on the public one.

What changes with every request is counted by `Metrics` itself; what is known elsewhere is looked at
only when somebody asks, through `watch()`.
"""

import logging
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from shared.version import VERSION, revision

UNMATCHED: Final = "(none)"
"""The route of every request to a path that is nowhere, so that strangers add no label."""

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Those that are counted apart."""

_OTHER_METHOD: Final = "(other)"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

Kind = Literal["counter", "gauge"]
Labels = tuple[tuple[str, str], ...]

logger = logging.getLogger(__name__)


class Metrics:
    """The numbers of one process, in `registry`."""

    def __init__(self) -> None:
        # A series more for each counter, of which nobody asks anything.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        Gauge(
            "vitrina_build_info",
            "Always 1: which version and commit runs, on which Python.",
            ["version", "revision", "python"],
            registry=self.registry,
        ).labels(VERSION, revision(), platform.python_version()).set(1)
        self._requests = Histogram(
            "vitrina_request_seconds",
            "Time from a request's head to the end of its answer, by route and class of status.",
            ["route", "method", "status"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._unauthorized = Counter(
            "vitrina_unauthorized",
            "Answers 401 by what was wrong with the token.",
            ["reason"],
            registry=self.registry,
        )
        self._observers: dict[tuple[str, str, int], Callable[[float], None]] = {}
        self._watched = _Watched()
        self.registry.register(self._watched)
        ProcessCollector(registry=self.registry)

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answer; `route` is a template or `UNMATCHED`, never a path."""
        key = (route, method, status // 100)
        observe = self._observers.get(key)
        if observe is None:
            method = method if method in METHODS else _OTHER_METHOD
            labels = self._requests.labels(route, method, f"{status // 100}xx")
            observe = labels.observe
            if method is not _OTHER_METHOD:
                self._observers[key] = observe
        observe(seconds)

    def count_unauthorized(self, reason: str) -> None:
        """Count a 401; `reason` is a word out of a bounded set."""
        self._unauthorized.labels(reason).inc()

    def watch(
        self, kind: Kind, name: str, documentation: str, look: Callable[[], float], **labels: str
    ) -> None:
        """Show what `look` returns when somebody asks; the last `look` for these labels counts."""
        self._watched.add(kind, name, documentation, look, tuple(labels.items()))


class _Watched(Collector):
    """Asks for numbers when they are wanted."""

    def __init__(self) -> None:
        self._families: dict[str, tuple[Kind, str, dict[Labels, Callable[[], float]]]] = {}

    def add(
        self, kind: Kind, name: str, documentation: str, look: Callable[[], float], labels: Labels
    ) -> None:
        self._families.setdefault(name, (kind, documentation, {}))[2][labels] = look

    def collect(self) -> Iterator[Metric]:
        for name, (kind, documentation, looks) in tuple(self._families.items()):
            family_class = CounterMetricFamily if kind == "counter" else GaugeMetricFamily
            names = [label for label, _ in next(iter(looks))]
            family = family_class(name, documentation, labels=names)
            for labels, look in tuple(looks.items()):
                family.add_metric([value for _, value in labels], look())
            yield family


@contextmanager
def served(registry: CollectorRegistry, *, host: str, port: int) -> Iterator[None]:
    """Show the numbers at http://host:port/metrics, from a thread of its own; not with port 0.

    A port that is taken is named in the log and no more: better unmeasured than not there.
    """
    if not port:
        yield
        return
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        logger.error("no metrics", extra={"port": port, "cause": str(error)})  # noqa: TRY400
        yield
        return
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
