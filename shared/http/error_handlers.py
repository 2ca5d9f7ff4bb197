"""The only place that renders an error, for FastAPI and for plain ASGI alike."""

import json
import logging
from collections.abc import Iterable
from typing import Any, Protocol

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import Scope, Send

from shared.errors import (
    BadRequest,
    FieldProblem,
    InternalError,
    MalformedBody,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    ServiceError,
    ServiceUnavailable,
    Unauthorized,
    UnprocessableEntity,
    UnsupportedMediaType,
)
from shared.language.translation import Sentence, language_of, translate

Header = tuple[bytes, bytes]


class Report(Protocol):
    """Logs a failure of what a process stands on."""

    def __call__(self, error: BaseException, **extra: object) -> None: ...


logger = logging.getLogger(__name__)

_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
_BY_STATUS: dict[int, type[ServiceError]] = {
    400: MalformedBody,
    404: NotFound,
    413: PayloadTooLarge,
    415: UnsupportedMediaType,
}


def render(error: ServiceError, language: str) -> tuple[int, list[Header], bytes]:
    """Return status, header fields and body of the response that describes `error` in `language`.

    The 401 is the same in every language.
    """
    body: dict[str, Any] = {"code": error.status, "message": error.message}
    in_words: list[Header] = []
    if error.error is not None:
        body["message"] = translate(error.message, language)
        body["error"] = error.error
        in_words = [(b"content-language", language.encode()), (b"vary", b"Accept-Language")]
    if error.fields or isinstance(error, UnprocessableEntity):
        body["fields"] = [
            {"field": problem.field, "message": translate(problem.message, language)}
            for problem in error.fields
        ]
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        *in_words,
        *((name.lower().encode(), value.encode()) for name, value in error.headers.items()),
    ]
    return error.status, headers, content


async def send_error(scope: Scope, send: Send, error: ServiceError) -> None:
    """Answer the request of `scope` with `error` by plain ASGI."""
    status, headers, body = render(error, language_of(scope["headers"]))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def install(
    app: FastAPI,
    *,
    unavailable: Iterable[type[Exception]] = (),
    report_unavailable: Report | None = None,
) -> None:
    """Make `app` answer every error in the one shape.

    `unavailable` names the exceptions that mean that something this process stands on, its
    database say, is away: they become a 503, and `report_unavailable` logs them.
    """
    app.state.report_unavailable = report_unavailable or _log_unavailable
    app.add_exception_handler(ServiceError, _answer_service_error)
    app.add_exception_handler(HTTPException, _answer_http_exception)
    app.add_exception_handler(RequestValidationError, _answer_invalid_request)
    for exception in unavailable:
        app.add_exception_handler(exception, _answer_unavailable)


def to_response(error: ServiceError, request: Request) -> Response:
    """Return the response to `request` that describes `error`."""
    status, headers, content = render(error, language_of(request.headers.raw))
    response = Response(content, status_code=status)
    response.raw_headers = headers
    return response


async def _answer_service_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)  # noqa: S101 - registered for this class only
    if isinstance(error, Unauthorized):
        request.app.state.metrics.count_unauthorized(error.reason)
        logger.info("unauthorized", extra={"reason": error.reason, "path": request.url.path})
    return to_response(error, request)


async def _answer_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    if error.status_code == MethodNotAllowed.status:
        return to_response(MethodNotAllowed(_allowed_methods(request)), request)
    fallback = InternalError if error.status_code >= InternalError.status else BadRequest
    return to_response(_BY_STATUS.get(error.status_code, fallback)(), request)


def _allowed_methods(request: Request) -> Iterable[str]:
    """Ask every route; Starlette names the methods of the first one that has this path."""
    for method in _METHODS:
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            yield method


async def _answer_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    problems = error.errors()
    if any(problem["type"] == "json_invalid" for problem in problems):
        return to_response(MalformedBody(), request)
    if any(problem["loc"] == ("body",) for problem in problems) and not _is_json(request):
        return to_response(UnsupportedMediaType(), request)
    return to_response(UnprocessableEntity(list(_broken_rules(problems))), request)


async def _answer_unavailable(request: Request, error: Exception) -> Response:
    request.app.state.report_unavailable(error, path=request.url.path)
    return to_response(ServiceUnavailable(), request)


def _log_unavailable(error: BaseException, **extra: object) -> None:
    """By its type alone: its words may have an address or a password."""
    logger.error("unavailable", extra={"cause": type(error).__name__, **extra})


def _is_json(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _broken_rules(problems: Iterable[dict[str, Any]]) -> Iterable[FieldProblem]:
    """Name every broken rule.

    A validator of ours that finds several lists them as `rules` in its `ctx`; one whose message
    holds values has it there as `reason`.
    """
    for problem in problems:
        place = [str(part) for part in problem["loc"]]
        field = ".".join(place[1:]) or place[0]
        context = problem.get("ctx", {})
        rules = context.get("rules")
        reason = context.get("reason") or Sentence.of_rule(problem)
        for message in rules if isinstance(rules, list) else [reason]:
            yield FieldProblem(field, message)
