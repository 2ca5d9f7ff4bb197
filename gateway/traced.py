"""The gateway with spans: one for each request, and one for what it asks of a service.

Only where somebody wants them; else a gateway is made of the parts that these extend.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette.types import Message, Receive, Send

from gateway.headers import RequestHead
from gateway.observer import Observer
from gateway.pipeline import Entrance
from gateway.proxy import Proxy
from gateway.request_cycle import Visit
from gateway.routes import Route
from gateway.server.exchange import ClientExchange
from gateway.upstream.errors import UpstreamError
from shared.errors import ServiceError
from shared.middleware import CLIENT_GONE

if TYPE_CHECKING:
    from shared.spans import Spans

Parts = tuple[Callable[..., Entrance], Callable[..., Observer], Callable[..., Proxy]]


def parts(spans: "Spans | None") -> Parts:
    """Return what makes the parts of a gateway that spans begin and end in."""
    if spans is None:
        return Entrance, Observer, Proxy
    return (
        partial(TracedEntrance, spans=spans),
        partial(TracedObserver, spans=spans),
        partial(TracedProxy, spans=spans),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedEntrance(Entrance):
    """Begins the span of each request, whose end is told to `TracedObserver`."""

    spans: "Spans"

    def read(self, client: ClientExchange) -> RequestHead:
        """Return what there is to know, with the span in the place of the client's own."""
        scope = self.spans.begin(client.scope())
        client.fields = scope["headers"]
        head = Entrance.read(self, client)
        head.span = scope
        return head

    def take_shortcut(self, visit: Visit, route: Route) -> bool:  # noqa: ARG002
        """Take none, past `TracedProxy`."""
        return False


@dataclass(slots=True, kw_only=True)
class TracedObserver(Observer):
    """Ends the span of each request."""

    spans: "Spans"

    def tell(self, head: RequestHead, status: int) -> None:
        """Tell the same of it as of every request."""
        Observer.tell(self, head, status)
        self.spans.end_request(head.span, head.method, head.route, status or CLIENT_GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedProxy(Proxy):
    """Has a span for what it asks of a service, which is the parent of the service's own."""

    spans: "Spans"

    async def forward(
        self,
        head: RequestHead,
        route: Route,
        receive: Receive,
        send: Send,
        *,
        inward: bool = False,
    ) -> None:
        """Answer through the route's service."""
        span, lines = self.spans.ask(head.span, route.path, route.service.name.lower())
        head.trace = head.trace._replace(lines=lines)
        status, reason = 0, None

        async def send_seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await Proxy.forward(self, head, route, receive, send_seen, inward=inward)
        except ServiceError as error:
            cause = error.__cause__
            reason = cause.reason if isinstance(cause, UpstreamError) else error.error
            raise
        finally:
            self.spans.end(span, status, reason)
