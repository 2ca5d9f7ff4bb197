"""The way of most requests: no body, an idle connection, a response that comes in one piece.

It takes neither task nor coroutine. Whatever turns out otherwise is left to a task (see
`Proxy.finish`).
"""

from time import perf_counter

from gateway.headers import fields_for_client
from gateway.proxy import Proxy
from gateway.request_cycle import RequestCycle
from gateway.route import Route
from gateway.upstream.connection import Connection
from gateway.upstream.exchange import Exchange
from gateway.upstream.pool import Upstream
from gateway.upstream_head import upstream_head


def try_fast_path(proxy: Proxy, route: Route, cycle: RequestCycle) -> bool:
    """Send the request to its service, if that needs no waiting; tell whether it is sent."""
    if route.method != "GET" or cycle.head.has_body:
        return False
    upstream = proxy.upstreams[route.service]
    connection = upstream.take()
    if connection is None:
        return False
    _FastPath(proxy, route, cycle, upstream, connection).send()
    return True


class _FastPath:
    __slots__ = ("_connection", "_cycle", "_data", "_proxy", "_route", "_sent_at", "_upstream")

    def __init__(
        self,
        proxy: Proxy,
        route: Route,
        cycle: RequestCycle,
        upstream: Upstream,
        connection: Connection,
    ) -> None:
        self._proxy = proxy
        self._route = route
        self._cycle = cycle
        self._upstream = upstream
        self._connection = connection
        self._data = upstream_head(upstream, cycle.head, cycle.caller)
        self._sent_at = perf_counter()

    def send(self) -> None:
        connection = self._connection
        connection.start(
            self._data,
            head_only=self._cycle.head.method == "HEAD",
            complete=True,
            response_timeout=self._route.response_timeout,
        )
        connection.on_response(self._respond)
        connection.watch = self._leave_to_task

    def _respond(self) -> None:
        response = self._connection.response
        if not response.complete:
            self._leave_to_task()
            return
        cycle = self._cycle
        cycle.note_upstream(perf_counter() - self._sent_at)
        body = response.take()
        self._upstream.release(self._connection)  # it may serve others from now on
        try:
            added, dropped = cycle.response_fields, cycle.dropped
            fields = fields_for_client(response.status, response.headers, added, dropped=dropped)
            cycle.respond(response.status, fields, body)
        except Exception as error:
            cycle.fail(error)

    def _leave_to_task(self) -> None:
        connection, cycle, route = self._connection, self._cycle, self._route
        connection.ignore()
        connection.watch = None
        receive, timeout = cycle.client.receive, route.response_timeout
        exchange = Exchange(self._upstream, connection, receive, response_timeout=timeout)
        request = cycle.proxy_request(route)
        work = self._proxy.finish(request, exchange, self._data, sent_at=self._sent_at)
        cycle.finish_in_task(work)
