"""An auth service of one session, which rotates refresh tokens as the real one does."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from aiohttp import web

from testing.tokens import access_token
from web_service.tests.fake_gateway import FakeGateway

REFRESH = "/api/v1/auth/refresh"
REVOKE = "/api/v1/auth/revoke"
ME = "/api/v1/users/me"
GRACE = 30.0
Hook = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class RotatingAuth:
    """Its tokens are `token-N`; what looks like theft ends the session and is counted."""

    roles: list[str] = field(default_factory=lambda: ["user"])
    used_at: dict[str, float] = field(default_factory=dict)
    generation: int = 0
    rotations: int = 0
    thefts: int = 0
    is_over: bool = False
    access: set[str] = field(default_factory=set)
    before_response: Hook | None = None
    """What happens between the commit and the response."""
    revoked: list[str] = field(default_factory=list)

    def at(self, gateway: FakeGateway) -> "RotatingAuth":
        """Serve at this gateway."""
        gateway.answer("POST", REFRESH, self._refresh)
        gateway.answer("POST", REVOKE, self._revoke)
        gateway.answer("GET", ME, self._me)
        return self

    def name(self, generation: int) -> str:
        """Return a refresh token."""
        return f"token-{generation}"

    def issue(self) -> str:
        """Return an access token that is good here."""
        token = access_token(roles=self.roles, jti=secrets.token_hex(8))
        self.access.add(token)
        return token

    async def _refresh(self, _request: web.Request, body: bytes) -> web.StreamResponse:
        presented = json.loads(body)["refresh_token"]
        if self.is_over or not self._rotate(presented):
            return _unauthorized()
        pair = {"access_token": self.issue(), "refresh_token": self.name(self.generation)}
        if self.before_response is not None:
            await self.before_response()
        return web.json_response({**pair, "token_type": "Bearer", "expires_in": 900})

    def _rotate(self, presented: str) -> bool:
        """Take the current token, or its predecessor in its time of grace."""
        now = asyncio.get_running_loop().time()
        if presented == self.name(self.generation):
            self.used_at[presented] = now
            self.generation += 1
            self.rotations += 1
            return True
        is_predecessor = presented == self.name(self.generation - 1)
        if is_predecessor and now < self.used_at.get(presented, 0.0) + GRACE:
            return True
        self.thefts += 1
        self.is_over = True
        return False

    async def _revoke(self, _request: web.Request, body: bytes) -> web.StreamResponse:
        self.revoked += parse_qs(body.decode())["token"]
        self.is_over = True
        return web.Response()

    async def _me(self, request: web.Request, _body: bytes) -> web.StreamResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.access:
            return _unauthorized()
        return web.json_response({"roles": self.roles})


def _unauthorized() -> web.Response:
    return web.json_response({"code": 401, "message": "Unauthorized"}, status=401)
