"""The gateway with spans: one for each request, and one for each that it forwards.

Only where spans are configured; else a gateway is made of the classes that these extend.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.types import Message

from gateway.observer import Observed, Observer
from gateway.pipeline import Gateway
from gateway.proxy import Proxy, ProxyRequest
from gateway.request_cycle import RequestCycle
from gateway.route import Route
from gateway.server.exchange import ClientExchange
from gateway.upstream.errors import UpstreamError
from shared.errors import ServiceError
from shared.http.middleware import CLIENT_GONE

if TYPE_CHECKING:
    from shared.http.spans import Spans

Classes = tuple[Callable[..., Gateway], Callable[..., Observer], Callable[..., Proxy]]


def classes(spans: "Spans | None") -> Classes:
    """Return what makes a gateway, with spans where they are configured."""
    if spans is None:
        return Gateway, Observer, Proxy
    return (
        partial(TracedGateway, spans=spans),
        partial(TracedObserver, spans=spans),
        partial(TracedProxy, spans=spans),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedGateway(Gateway):
    """Begins the span of each request, which `TracedObserver` ends."""

    spans: "Spans"

    def open_cycle(self, client: ClientExchange, span: Any = None) -> RequestCycle:  # noqa: ARG002
        """Begin the cycle of a request, with a span in the place of the client's own."""
        scope = self.spans.begin(client.scope())
        client.replace_fields(scope["headers"])
        return Gateway.open_cycle(self, client, scope)

    def try_fast_path(self, cycle: RequestCycle, route: Route) -> bool:  # noqa: ARG002
        """Do not, as it goes past `TracedProxy`."""
        return False


@dataclass(slots=True, kw_only=True)
class TracedObserver(Observer):
    """Ends the span of each request."""

    spans: "Spans"

    def record(self, request: Observed, status: int) -> None:
        """Record every request, and end its span."""
        Observer.record(self, request, status)
        method, path = request.head.method, request.route_path
        self.spans.end_request(request.span, method, path, status or CLIENT_GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedProxy(Proxy):
    """Makes a span for each request to a service, the parent of the service's own."""

    spans: "Spans"

    async def forward(self, request: ProxyRequest) -> None:
        """Respond through the route's service."""
        route, head = request.route, request.head
        span, lines = self.spans.ask(request.span, route.path, route.service)
        status, reason = 0, None

        async def send_seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await request.send(message)

        head = head._replace(trace=head.trace._replace(lines=lines))
        try:
            await Proxy.forward(self, request._replace(head=head, send=send_seen))
        except ServiceError as error:
            cause = error.__cause__
            reason = cause.reason if isinstance(cause, UpstreamError) else error.error
            raise
        finally:
            self.spans.end(span, status, reason)
