"""The errors that a caller can get.

Each class names what happened and says, once, its HTTP status and its stable `error` name; the
first line of its docstring is the sentence the caller reads. Services raise these without knowing
HTTP; `shared.http.error_handlers` alone turns them into answers.

    ServiceError
    ├── BadRequest 400 ── MalformedBody
    ├── Unauthorized 401
    ├── Forbidden 403 ── PasswordChangeRequired, EmailNotVerified
    ├── NotFound 404
    ├── MethodNotAllowed 405
    ├── Conflict 409
    ├── PreconditionFailed 412
    ├── PayloadTooLarge 413
    ├── UnsupportedMediaType 415 ── UnsupportedEncoding
    ├── UnprocessableEntity 422
    ├── TooManyRequests 429
    ├── InternalError 500
    ├── BadGateway 502
    ├── ServiceUnavailable 503
    └── GatewayTimeout 504
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field of the request, or with one thing that the request is about."""

    field: str
    message: str


class ServiceError(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    error: ClassVar[str | None] = "internal_error"
    message: ClassVar[str] = "Something went wrong."
    example_fields: ClassVar[tuple[FieldProblem, ...]] = ()
    """What the documented example names."""
    fields: tuple[FieldProblem, ...] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__doc__ and "message" not in cls.__dict__:
            cls.message = cleandoc(cls.__doc__).splitlines()[0]

    @property
    def headers(self) -> dict[str, str]:
        """The header fields that belong to this error's answer."""
        return {}


class _NamingFields(ServiceError):
    """Something went wrong with some fields."""

    def __init__(self, fields: Sequence[FieldProblem] = ()) -> None:
        """Tell what is wrong with each of `fields`, where that says more than the message."""
        super().__init__()
        self.fields = tuple(fields)


class BadRequest(ServiceError):
    """The request cannot be understood."""

    status = 400
    error = "bad_request"


class MalformedBody(BadRequest):
    """The body is not what its content type says."""

    error = "malformed_body"


class Unauthorized(ServiceError):
    """Unauthorized"""

    status = 401
    error = None

    def __init__(self, reason: str = "unauthorized") -> None:
        """Keep `reason`, a bounded snake_case word for the log; the caller never sees it."""
        super().__init__(reason)
        self.reason = reason

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class Forbidden(ServiceError):
    """Your role does not allow this."""

    status = 403
    error = "forbidden"


class PasswordChangeRequired(Forbidden):
    """Change your password first (POST /api/v1/auth/password/change): nothing else is open yet."""

    error = "password_change_required"


class EmailNotVerified(Forbidden):
    """Verify your email first, then refresh your token."""

    error = "email_not_verified"


class NotFound(_NamingFields):
    """There is nothing here."""

    status = 404
    error = "not_found"


class MethodNotAllowed(ServiceError):
    """This method is not allowed here."""

    status = 405
    error = "method_not_allowed"

    def __init__(self, allow: Iterable[str] = ()) -> None:
        super().__init__()
        self.allow = tuple(allow)

    @property
    def headers(self) -> dict[str, str]:
        return {"Allow": ", ".join(self.allow)}


class Conflict(_NamingFields):
    """The request contradicts what is stored."""

    status = 409
    error = "conflict"


class PreconditionFailed(ServiceError):
    """It was changed since you read it; read it again."""

    status = 412
    error = "precondition_failed"


class PayloadTooLarge(ServiceError):
    """The body is larger than is accepted here."""

    status = 413
    error = "payload_too_large"


class UnsupportedMediaType(ServiceError):
    """This content type is not accepted here."""

    status = 415
    error = "unsupported_media_type"


class UnsupportedEncoding(UnsupportedMediaType):
    """Compressed bodies are not accepted here; send it as it is."""

    error = "unsupported_encoding"

    @property
    def headers(self) -> dict[str, str]:
        """Say what is accepted (RFC 9110 section 15.5.16)."""
        return {"Accept-Encoding": "identity"}


class UnprocessableEntity(_NamingFields):
    """Some fields are not valid."""

    status = 422
    error = "validation_failed"
    example_fields: ClassVar[tuple[FieldProblem, ...]] = (FieldProblem("name", "Field required"),)


class _RetryLater(ServiceError):
    """Try again later."""

    def __init__(self, retry_after: int = 1) -> None:
        """Tell the caller to wait `retry_after` whole seconds."""
        super().__init__()
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)}


class TooManyRequests(_RetryLater):
    """Too many requests; try again later."""

    status = 429
    error = "too_many_requests"
    limit: ClassVar[str | None] = None
    """What RateLimit calls the limit, where a service has it and not the gateway."""

    @property
    def headers(self) -> dict[str, str]:
        if self.limit is None:
            return super().headers
        left = f'"{self.limit}";r=0;t={self.retry_after}'
        return {**super().headers, "RateLimit": left}


class InternalError(ServiceError):
    """Something went wrong on our side."""


class BadGateway(ServiceError):
    """The service behind the gateway did not answer properly."""

    status = 502
    error = "bad_gateway"


class ServiceUnavailable(_RetryLater):
    """The service is not available right now; try again in a moment."""

    status = 503
    error = "service_unavailable"


class GatewayTimeout(ServiceError):
    """The service behind the gateway did not answer in time."""

    status = 504
    error = "gateway_timeout"
