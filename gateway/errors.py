"""Errors that only the gateway responds with."""

from shared.errors import BadRequest, ServiceError


class BadPath(BadRequest):
    """This path is written in a way that is not accepted here."""

    error = "bad_path"


class RequestTimeout(ServiceError):
    """The rest of the request did not come in time."""

    status = 408
    error = "request_timeout"


class WebSocketRefused(ServiceError):
    """Nothing here speaks WebSocket."""

    status = 501
    error = "websocket_refused"


class ClientGone(Exception):
    """The client has left and does not wait for the response."""
