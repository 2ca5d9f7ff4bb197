"""Asking the API at the gateway, as each of the people of the demo."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self, TypeVar

import httpx2

_JSON: Final = "application/json"
_EVERY: Final = 0.2  # seconds
_PATIENCE: Final = 60.0
"""Seconds that anything may take which the system does by itself."""
_TOO_MANY: Final = 429
_UNAVAILABLE: Final = 503

AnswerT = TypeVar("AnswerT")


class DemoFailed(Exception):
    """The system did not do what was asked; the message says what it answered."""


@dataclass
class Member:
    """One of the people, and their access token once they are signed in."""

    full_name: str
    email: str
    phone: str
    role: str
    token: str | None = None


class Client:
    """Asks, and insists on a good response; a 429 or 503 is asked again when it says."""

    def __init__(self, gateway: str) -> None:
        self._http = httpx2.Client(base_url=f"{gateway}/api/v1", timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(
        self,
        member: Member | None,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the JSON of a response; raises DemoFailed."""
        return self._sent(member, method, path, {"json": body}, headers or {})

    def send_picture(self, member: Member, path: str, picture: bytes, *, alt: str) -> Any:
        """Send a JPEG as it is; raises DemoFailed."""
        content = {"content": picture, "params": {"alt": alt}}
        return self._sent(member, "POST", path, content, {"Content-Type": "image/jpeg"})

    def _sent(
        self,
        member: Member | None,
        method: str,
        path: str,
        content: Mapping[str, Any],
        headers: Mapping[str, str],
    ) -> Any:
        fields = {"Accept": _JSON, **headers}
        if member is not None and member.token is not None:
            fields["Authorization"] = f"Bearer {member.token}"
        response = self._http.request(method, path, headers=fields, **content)
        while response.status_code in {_TOO_MANY, _UNAVAILABLE}:
            time.sleep(float(response.headers.get("Retry-After", 1)))
            response = self._http.request(method, path, headers=fields, **content)
        if not response.is_success:
            raise DemoFailed(f"{method} {path}: {response.status_code} {response.text}")
        return response.json() if response.content else None


def wait_for(what: str, look: Callable[[], AnswerT | None]) -> AnswerT:
    """Look until there is something, for a minute at most; raises DemoFailed."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(_EVERY)
    raise DemoFailed(f"{what} did not come within {_PATIENCE:.0f} seconds")
