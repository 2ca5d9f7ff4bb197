"""The way of most requests: no body, an idle connection, an answer that comes in one piece.

It takes neither task nor coroutine. Whatever turns out otherwise is left to a task (see
`Proxy.go_on`).
"""

from time import perf_counter

from gateway.headers import fields_for_client
from gateway.proxy import Proxy, request_head
from gateway.request_cycle import Visit
from gateway.routes import Route
from gateway.upstream.connection import Connection
from gateway.upstream.exchange import Exchange
from gateway.upstream.pool import Upstream


def take_shortcut(proxy: Proxy, route: Route, visit: Visit) -> bool:
    """Ask the route's service, if that needs no waiting; tell whether it is asked."""
    if route.method != "GET" or visit.head.has_body:
        return False
    upstream = proxy.upstreams[route.service]
    connection = upstream.take()
    if connection is None:
        return False
    _Shortcut(proxy, route, visit, upstream, connection).begin()
    return True


class _Shortcut:
    __slots__ = ("_connection", "_data", "_proxy", "_route", "_upstream", "_visit")

    def __init__(
        self, proxy: Proxy, route: Route, visit: Visit, upstream: Upstream, connection: Connection
    ) -> None:
        self._proxy = proxy
        self._route = route
        self._visit = visit
        self._upstream = upstream
        self._connection = connection
        self._data = request_head(upstream, visit.head)
        visit.head.asked_at = perf_counter()

    def begin(self) -> None:
        connection = self._connection
        connection.start(
            self._data,
            head_only=self._visit.head.method == "HEAD",
            complete=True,
            response_timeout=self._route.response_timeout,
        )
        connection.heed_response(self._come)
        connection.watch = self._leave_to_task

    def _come(self) -> None:
        answer = self._connection.answer
        if not answer.complete:
            self._leave_to_task()
            return
        visit = self._visit
        head = visit.head
        head.upstream_seconds = perf_counter() - head.asked_at
        body = answer.take()
        self._upstream.release(self._connection)  # it may serve others from now on
        try:
            fields = fields_for_client(answer.status, answer.headers, head.answer_fields)
            visit.answer(answer.status, fields, body)
        except Exception as error:
            visit.fail(error)

    def _leave_to_task(self) -> None:
        connection, visit, route = self._connection, self._visit, self._route
        connection.ignore()
        connection.watch = None
        receive, patience = visit.client.receive, route.response_timeout
        exchange = Exchange(self._upstream, connection, receive, response_timeout=patience)
        visit.go_on(self._proxy.go_on(exchange, self._data, visit.head, route, visit.send))
