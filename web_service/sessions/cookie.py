"""The session's cookie: 256 random bits, of which the database has the hash alone."""

import hashlib
import re
import secrets
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from web_service.settings import WebSettings

REMEMBERED: Final = 90 * 24 * 3600
"""Seconds that a remembered cookie lasts: no session of auth lasts longer by default."""
_VALUE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def cookie_name(*, secure: bool, what: str = "vitrina") -> str:
    """Return a cookie's name; under HTTPS browsers hold its prefix to what it promises."""
    return f"__Host-{what}" if secure else what


def new_value() -> str:
    """Return a value that nobody guesses."""
    return secrets.token_urlsafe(32)


def hash_of(value: str) -> str:
    """Return what the database knows of a value, or of anything that is none."""
    return hashlib.sha256(value.encode()).hexdigest()


def presented(request: Request, *, secure: bool) -> str | None:
    """Return the value that a browser presents, if it could be one."""
    value = request.cookies.get(cookie_name(secure=secure), "")
    return value if _VALUE.fullmatch(value) else None


def give(response: Response, value: str, settings: WebSettings, *, remember: bool) -> None:
    """Have the browser keep `value`, beyond its own end if it is to `remember`."""
    name = cookie_name(secure=settings.is_secure)
    keep(response, name, value, settings, max_age=REMEMBERED if remember else None)


def keep(
    response: Response,
    name: str,
    value: str,
    settings: WebSettings,
    *,
    max_age: int | None,
    path: str = "/",
) -> None:
    """Have the browser keep a cookie for `max_age` seconds, which no script and no site sees."""
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path=path,
        secure=settings.is_secure,
        httponly=True,
        samesite="lax",
    )


def take_back(response: Response, *, secure: bool) -> None:
    """Have the browser forget its session."""
    response.delete_cookie(
        cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax"
    )
