"""What only the gateway has to tell its callers."""

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


class NotReloaded(Exception):
    """The next gateway cannot take over; the message says why."""


class ClientGone(Exception):
    """Nobody waits for the answer any more."""
