"""Connections to the gateway: one pool a process, and how many calls to each service wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Final

import aiohttp

from web_service.errors import ApiUnavailable

CALLS_PER_SERVICE: Final = 32
SIGN_INS: Final = 8
"""Calls that hash a password, which take a core for half a second each."""
TRANSFERS: Final = 4
"""Files on their way in or out, as many as the gateway takes at a time."""

_SERVICES = {
    "auth": "auth",
    "users": "auth",
    "audit": "auth",
    "setup": "auth",
    "signing-keys": "auth",
    "health": "gateway",
    "products": "catalog",
    "cart": "catalog",
    "orders": "catalog",
}
_HASHING = frozenset(
    {
        "/api/v1/auth/login",
        "/api/v1/auth/register",
        "/api/v1/auth/password/reset",
        "/api/v1/auth/password/change",
        "/api/v1/users/me/email",
        "/api/v1/users/me/phone",
    }
)


def service_of(path: str) -> str:
    """Return which service does what is asked for at `path`."""
    return _SERVICES.get(path.removeprefix("/api/v1/").partition("/")[0], "mailing")


class GatewayClient:
    """The gateway, as this process reaches it.

    Each service behind it has at most `CALLS_PER_SERVICE` calls under way, so that one that hangs
    takes nothing from the others.
    """

    def __init__(self, base_url: str) -> None:
        """Make calls to `base_url`, scheme, host and port."""
        self.base_url = base_url
        self._session: aiohttp.ClientSession | None = None
        self._places = {
            name: asyncio.Semaphore(CALLS_PER_SERVICE)
            for name in ("auth", "catalog", "mailing", "gateway")
        }
        self._places["sign-in"] = asyncio.Semaphore(SIGN_INS)
        self._places["transfer"] = asyncio.Semaphore(TRANSFERS)

    @property
    def session(self) -> aiohttp.ClientSession:
        """Connections that are kept."""
        assert self._session is not None, "not running"  # noqa: S101
        return self._session

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep connections for as long as the context lasts."""
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=20)
        async with aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=["User-Agent", "Accept-Encoding"],  # the way is short
            trust_env=False,
        ) as self._session:
            yield

    @asynccontextmanager
    async def place(self, path: str, *, seconds: float) -> AsyncIterator[None]:
        """Hold a place among the calls to the service of `path`; wait `seconds` for it.

        Raises ApiUnavailable without one.
        """
        places = self._places[_kind_of(path)]
        try:
            async with asyncio.timeout(seconds) if places.locked() else nullcontext():
                await places.acquire()
        except TimeoutError:
            raise ApiUnavailable(service_of(path), outcome_unknown=False) from None
        try:
            yield
        finally:
            places.release()


def _kind_of(path: str) -> str:
    if path in _HASHING:
        return "sign-in"
    return "transfer" if path.endswith(("/import", "/export", "/cover")) else service_of(path)
