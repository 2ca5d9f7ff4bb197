"""What the gateway counts beside requests: its caches, its pools, the age of revocations."""

from collections.abc import Callable
from functools import partial
from operator import attrgetter

from gateway.access.authenticate import Authenticator
from gateway.access.limits import POLICIES, RateLimits
from gateway.access.revocations import Revocations
from gateway.access.under_way import Bounds
from gateway.cache.proxy import CachedProxy
from gateway.pipeline import Gateway
from gateway.server.waiting_bodies import WaitingBodies
from gateway.upstream.errors import UpstreamError
from gateway.upstream.pool import Upstream
from shared.telemetry.metrics import Metrics

_OF_A_CACHE = ("size", "dropped")


def watch_gateway(metrics: Metrics, gateway: Gateway, revocations: Revocations) -> None:
    """Let metrics look at a gateway."""
    gauge = partial(metrics.watch, "gauge")
    under_way = "Requests whose response has not ended."
    gauge("vitrina_requests_under_way", under_way, lambda: gateway.observer.under_way)
    age = "Time since the last news of revocations from the auth service."
    gauge("vitrina_revocations_age_seconds", age, lambda: revocations.age)
    _watch_tokens(metrics, gateway.authenticator)
    _watch_cache(metrics, gateway.cached)
    _watch_limits(metrics, gateway.limits)
    _watch_bounds(metrics, gateway.bounds)
    _watch_bodies(metrics, gateway.proxy.bodies, gateway.proxy.page_bodies)
    for service, upstream in gateway.proxy.upstreams.items():
        _watch_upstream(metrics, service, upstream)


def _watch_tokens(metrics: Metrics, authenticator: Authenticator) -> None:
    counter, gauge = partial(metrics.watch, "counter"), partial(metrics.watch, "gauge")
    name, text = "vitrina_token_cache", "Tokens that were found in memory, and that were not."
    counter(name, text, lambda: authenticator.recalled, outcome="hit")
    counter(name, text, lambda: authenticator.missed, outcome="miss")
    gauge("vitrina_tokens_remembered", "Tokens in memory.", lambda: authenticator.remembered)


def _watch_cache(metrics: Metrics, cached: CachedProxy) -> None:
    counter, gauge = partial(metrics.watch, "counter"), partial(metrics.watch, "gauge")
    name = "vitrina_response_cache"
    text = "Requests by how the cache served them: kept, another's response, forwarded, past it."
    counter(name, text, lambda: cached.hits, outcome="hit")
    counter(name, text, lambda: cached.shared, outcome="shared")
    counter(name, text, lambda: cached.misses, outcome="miss")
    counter(name, text, lambda: cached.passed, outcome="past")
    text = "Requests that were forwarded and confirmed what was kept, by a 304."
    counter("vitrina_response_cache_validated", text, lambda: cached.validated)
    for readers, cache in (("signed-in", "cache"), ("anyone", "open_cache")):
        size, dropped = (partial(attrgetter(f"{cache}.{name}"), cached) for name in _OF_A_CACHE)
        gauge("vitrina_response_cache_bytes", "What is kept.", size, readers=readers)
        text = "Responses that went for want of room."
        counter("vitrina_response_cache_dropped", text, dropped, readers=readers)


def _watch_limits(metrics: Metrics, limits: RateLimits) -> None:
    for policy in POLICIES:
        look = partial(limits.refused.__getitem__, policy)
        metrics.watch("counter", "vitrina_limited", "Responses 429 by limit.", look, policy=policy)


def _watch_bounds(metrics: Metrics, bounds: Bounds) -> None:
    for bound in (bounds.address, bounds.user):
        look = partial(getattr, bound, "refused")
        metrics.watch(
            "counter", "vitrina_limited", "Responses 429 by limit.", look, policy=bound.name
        )


def _watch_bodies(metrics: Metrics, *bodies: WaitingBodies) -> None:
    text = "Bytes of request bodies that wait for their rest, or for a connection."
    metrics.watch(
        "gauge", "vitrina_waiting_bodies_bytes", text, lambda: sum(each.size for each in bodies)
    )
    text = "Request bodies that were refused, as too much of others waited."
    metrics.watch(
        "counter",
        "vitrina_waiting_bodies_refused",
        text,
        lambda: sum(each.refused for each in bodies),
    )


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
    text = "Requests within their share of a service's connections."
    for share in ("hashing", "uploading"):
        taken = look(f"{share}.taken")
        gauge("vitrina_upstream_share", text, taken, upstream=name, share=share)
    text = "Addresses of a service, by whether the breaker lets requests through."
    names = "vitrina_upstream_addresses"
    gauge(names, text, look("endpoints.out"), upstream=name, state="out")
    gauge(
        names,
        text,
        lambda: len(upstream.endpoints.all) - upstream.endpoints.out,
        upstream=name,
        state="in",
    )


def _watch_failures(metrics: Metrics, name: str, upstream: Upstream) -> None:
    counter = partial(metrics.watch, "counter")
    text = "Requests to a service that failed, by reason."
    for reason in UpstreamError.reasons():
        look = partial(upstream.failures.__getitem__, reason)
        counter("vitrina_upstream_failures", text, look, upstream=name, reason=reason)
    text = "Requests that change nothing and were sent a second time."
    counter("vitrina_upstream_retries", text, lambda: upstream.retries.spent, upstream=name)
    text = "Connections that were made to another address, as the first did not accept."
    counter("vitrina_upstream_elsewhere", text, lambda: upstream.elsewhere, upstream=name)
