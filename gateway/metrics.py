"""What the gateway counts beside requests: its caches, its pools, its news of revocations."""

from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter

from gateway.access.authenticate import Authenticator
from gateway.access.limits import POLICIES, RateLimits
from gateway.access.revocations import Revocations
from gateway.access.under_way import Bounds
from gateway.cache.proxy import CachedProxy
from gateway.routes import Service
from gateway.server.waiting_bodies import WaitingBodies
from gateway.upstream.errors import UpstreamError
from gateway.upstream.pool import Upstream
from shared.metrics import Metrics


def gateway_metrics(
    authenticator: Authenticator, revocations: Revocations, upstreams: Mapping[Service, Upstream]
) -> Metrics:
    """Return metrics that look at these."""
    metrics = Metrics()
    counter, gauge = partial(metrics.watch, "counter"), partial(metrics.watch, "gauge")
    name, told = "vitrina_token_cache", "Tokens that were found in memory, and that were not."
    counter(name, told, lambda: authenticator.recalled, outcome="hit")
    counter(name, told, lambda: authenticator.asked, outcome="miss")
    gauge("vitrina_tokens_remembered", "Tokens in memory.", lambda: authenticator.remembered)
    gauge(
        "vitrina_revocations_age_seconds",
        "Time since the auth service last told what is revoked; the oldest of all workers.",
        lambda: revocations.age,
    )
    for service, upstream in upstreams.items():
        _watch_upstream(metrics, service.name.lower(), upstream)
    return metrics


def watch_cache(metrics: Metrics, cached: CachedProxy) -> None:
    """Let metrics look at the response cache too."""
    counter, gauge = partial(metrics.watch, "counter"), partial(metrics.watch, "gauge")
    name = "vitrina_response_cache"
    told = "Requests for what may be kept: found, got with another's, asked for, gone past it."
    counter(name, told, lambda: cached.hits, outcome="hit")
    counter(name, told, lambda: cached.shared, outcome="shared")
    counter(name, told, lambda: cached.misses, outcome="miss")
    counter(name, told, lambda: cached.passed, outcome="past")
    gauge("vitrina_response_cache_bytes", "What is kept.", lambda: cached.cache.size)


def watch_limits(metrics: Metrics, limits: RateLimits) -> None:
    """Let metrics look at whom the limits refused."""
    for policy in POLICIES:
        look = partial(limits.refused.__getitem__, policy)
        metrics.watch("counter", "vitrina_limited", "Answers 429 by limit.", look, policy=policy)


def watch_bounds(metrics: Metrics, bounds: Bounds, bodies: WaitingBodies) -> None:
    """Let metrics look at what may be under way, and at the bodies that wait."""
    for bound in (bounds.address, bounds.user):
        look = partial(getattr, bound, "refused")
        metrics.watch(
            "counter", "vitrina_limited", "Answers 429 by limit.", look, policy=bound.name
        )
    told = "Bytes of request bodies that wait for their rest, or for a connection."
    metrics.watch("gauge", "vitrina_waiting_bodies_bytes", told, lambda: bodies.size)
    told = "Request bodies that were refused, as too much of others waited."
    metrics.watch("counter", "vitrina_waiting_bodies_refused", told, lambda: bodies.refused)


def _watch_upstream(metrics: Metrics, name: str, upstream: Upstream) -> None:
    def look(attribute: str) -> Callable[[], float]:
        return partial(attrgetter(attribute), upstream)

    gauge = partial(metrics.watch, "gauge")
    connections = "Connections to a service by what they do."
    for state in ("busy", "idle"):
        labels = {"upstream": name, "state": state}
        gauge("vitrina_upstream_connections", connections, look(state), **labels)
    _watch_failures(metrics, name, upstream)
    waiting = "Requests that wait for a connection to a service."
    gauge("vitrina_upstream_queue", waiting, look("waiting"), upstream=name)
    told = "Requests within their share of a service's connections."
    for share in ("hashing", "uploading"):
        taken = look(f"{share}.taken")
        gauge("vitrina_upstream_share", told, taken, upstream=name, share=share)
    told = "Addresses of a service, by whether the breaker lets requests through."
    names = "vitrina_upstream_addresses"
    gauge(names, told, look("endpoints.out"), upstream=name, state="out")
    gauge(
        names,
        told,
        lambda: len(upstream.endpoints.all) - upstream.endpoints.out,
        upstream=name,
        state="in",
    )


def _watch_failures(metrics: Metrics, name: str, upstream: Upstream) -> None:
    counter = partial(metrics.watch, "counter")
    told = "Requests that a service did not answer, by reason."
    for reason in UpstreamError.reasons():
        look = partial(upstream.failures.__getitem__, reason)
        counter("vitrina_upstream_failures", told, look, upstream=name, reason=reason)
    told = "Requests that change nothing and were asked a second time."
    counter("vitrina_upstream_retries", told, lambda: upstream.retries.spent, upstream=name)
    told = "Connections that were made to another address, as the first did not accept."
    counter("vitrina_upstream_elsewhere", told, lambda: upstream.elsewhere, upstream=name)
