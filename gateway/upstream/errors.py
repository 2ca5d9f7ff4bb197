"""What can go wrong between the gateway and a service.

UpstreamError
├── not sent: the service saw nothing of the request
│   ├── ConnectFailed       refused, unreachable
│   ├── NameUnresolved      no address for the name
│   ├── ConnectTimeout      no connection in time
│   ├── BreakerOpen         every address has failed lately and is left alone
│   ├── QueueFull           every connection busy and the queue full
│   └── QueueTimeout        waited too long for a connection
└── perhaps sent: the service may have acted on it, so it is never repeated
    ├── ClosedBeforeResponse  closed or reset before the first byte of a response
    ├── BadResponse           not HTTP/1.1 as RFC 9112 writes it, or over a limit
    ├── ResponseTimeout       no head of a response in time
    ├── IdleTimeout           a pause in the body of the response
    ├── WriteTimeout          the service stopped reading the request
    ├── TotalTimeout          request and response together took too long
    └── BodyCut               the response ended before its end
"""

from typing import ClassVar


class UpstreamError(Exception):
    """`sent` says whether the service may have seen the request; `reason` is safe as a label."""

    sent: ClassVar[bool]
    reason: ClassVar[str]

    @classmethod
    def reasons(cls) -> list[str]:
        """Return every word that `reason` may be."""
        return [subclass.reason for subclass in cls.__subclasses__()]


class ConnectFailed(UpstreamError):
    """Refused or unreachable."""

    sent = False
    reason = "connect_failed"


class NameUnresolved(UpstreamError):
    """The service's name has no address."""

    sent = False
    reason = "name_unresolved"


class ConnectTimeout(UpstreamError):
    """No connection in time."""

    sent = False
    reason = "connect_timeout"


class BreakerOpen(UpstreamError):
    """Every address has failed lately and is left alone for a while."""

    sent = False
    reason = "breaker_open"


class QueueFull(UpstreamError):
    """Every connection is busy and so is every place in the queue."""

    sent = False
    reason = "queue_full"


class QueueTimeout(UpstreamError):
    """No connection became free in time."""

    sent = False
    reason = "queue_timeout"


class ClosedBeforeResponse(UpstreamError):
    """The connection ended before the first byte of a response."""

    sent = True
    reason = "closed_before_response"


class BadResponse(UpstreamError):
    """The response is not HTTP as RFC 9112 writes it, or breaks a limit."""

    sent = True
    reason = "bad_response"


class ResponseTimeout(UpstreamError):
    """No head of a response in time."""

    sent = True
    reason = "response_timeout"


class IdleTimeout(UpstreamError):
    """The body of the response paused for too long."""

    sent = True
    reason = "idle_timeout"


class WriteTimeout(UpstreamError):
    """The service stopped reading the request."""

    sent = True
    reason = "write_timeout"


class TotalTimeout(UpstreamError):
    """Request and response together took too long."""

    sent = True
    reason = "total_timeout"


class BodyCut(UpstreamError):
    """The connection ended inside the body of the response."""

    sent = True
    reason = "body_cut"
