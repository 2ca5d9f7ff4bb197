"""The API as one page calls it: in time, in the language of its reader, for one person."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlencode

import aiohttp

from shared import clock
from web_service.errors import ApiRefused, ApiUnavailable, FieldProblem
from web_service.gateway_client.client import GatewayClient, service_of

Query = Mapping[str, str | int | bool | None] | list[tuple[str, str]]
TokenSource = Callable[[bool], Awaitable[str]]
"""Returns an access token; with True another one than before, which was refused."""

_UNAUTHORIZED: Final = 401
_FIRST_FAILURE: Final = 500
_NO_ROOM: Final = 507
_FIRST_REFUSAL: Final = 400
_NOT_SENT: Final = "Vitrina-Not-Sent"
"""What the gateway says where a service saw nothing of the call."""
_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What the API said to a call that succeeded; `data` is its JSON, or None without a body."""

    status: int
    headers: Mapping[str, str]
    data: Any


class Api:
    """Calls of one page. All of them together take no longer than `seconds` from its beginning."""

    def __init__(
        self,
        client: GatewayClient,
        *,
        fields: Mapping[str, str],
        seconds: float,
        token: TokenSource | None = None,
    ) -> None:
        """Send `fields` with every call, and the token of `token` where somebody is signed in."""
        self.client = client
        self._fields = fields
        self._token = token
        self._ends = clock.monotonic() + seconds
        self.has_shown_token = False
        """Whether any call has said to the API who makes it, so that a block would be seen."""

    def without_token(self) -> Self:
        """Return the API for calls that say not who makes them, in the time that is left."""
        return type(self)(self.client, fields=self._fields, seconds=self.seconds_left)

    def with_token(self, token: str) -> Self:
        """Return the API as the person of a token that was given just now may use it."""

        async def given(_was_refused: bool) -> str:  # noqa: FBT001 - a TokenSource
            return token

        return type(self)(self.client, fields=self._fields, seconds=self.seconds_left, token=given)

    def within(self, seconds: float) -> Self:
        """Return the API for calls that are given up after so many seconds, if not before.

        They show the person's token, as the page's own do.
        """
        self.has_shown_token = self.has_shown_token or self._token is not None
        left = min(seconds, self.seconds_left)
        return type(self)(self.client, fields=self._fields, seconds=left, token=self._token)

    @property
    def seconds_left(self) -> float:
        """How long the page's calls may still take."""
        return max(self._ends - clock.monotonic(), 0.0)

    async def get(self, path: str, query: Query | None = None) -> ApiResponse:
        """Read; raises ApiRefused and ApiUnavailable, as all of these."""
        return await self.call("GET", path, query=query)

    async def post(
        self,
        path: str,
        body: object = None,
        *,
        query: Query | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> ApiResponse:
        """Have something done, which is not repeated unless `fields` has an Idempotency-Key."""
        return await self.call("POST", path, body=body, query=query, fields=fields)

    async def post_form(self, path: str, values: Mapping[str, str]) -> ApiResponse:
        """Send a form, as the endpoints of OAuth want it."""
        return await self.call("POST", path, content=(urlencode(values).encode(), _FORM))

    async def put(
        self, path: str, body: object = None, *, fields: Mapping[str, str] | None = None
    ) -> ApiResponse:
        """Put something there."""
        return await self.call("PUT", path, body=body, fields=fields)

    async def patch(
        self, path: str, body: object, *, fields: Mapping[str, str] | None = None
    ) -> ApiResponse:
        """Change something."""
        return await self.call("PATCH", path, body=body, fields=fields)

    async def delete(
        self, path: str, body: object = None, *, query: Query | None = None
    ) -> ApiResponse:
        """Delete something."""
        return await self.call("DELETE", path, body=body, query=query)

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        content: tuple[bytes, str] | None = None,
        query: Query | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> ApiResponse:
        """Make one call, for a second time with a new token where the first was refused.

        `body` is sent as JSON, `content` as it is with its media type.
        """
        if body is not None:
            content = json.dumps(body, ensure_ascii=False).encode(), _JSON
        for is_second in (False, True):
            sent = {**await self.fields(anew=is_second), **(fields or {})}
            response = await self._send(method, path, content, pairs(query), sent)
            if response.status != _UNAUTHORIZED or self._token is None or is_second:
                return accepted(response, path, method)
        raise AssertionError("unreachable")

    async def fields(self, *, anew: bool = False) -> dict[str, str]:
        """Return what every call says: for whom it is made, and the token, another one `anew`.

        Waiting for a new one is not the page's time.
        """
        if self._token is None:
            return dict(self._fields)
        self.has_shown_token = True
        began = clock.monotonic()
        token = await self._token(anew)
        self._ends += clock.monotonic() - began
        return {**self._fields, "Authorization": f"Bearer {token}"}

    async def _send(
        self,
        method: str,
        path: str,
        content: tuple[bytes, str] | None,
        query: list[tuple[str, str]],
        fields: dict[str, str],
    ) -> ApiResponse:
        if content is not None:
            fields["Content-Type"] = content[1]
        try:
            async with (
                self.client.place(path, seconds=self.seconds_left),
                asyncio.timeout(self.seconds_left),
                self.client.session.request(
                    method,
                    f"{self.client.base_url}{path}",
                    params=query,
                    data=content[0] if content else None,
                    headers=fields,
                    allow_redirects=False,
                ) as response,
            ):
                received = await response.read()
                is_json = response.content_type.endswith("json")
                data = json.loads(received) if received and is_json else None
                return ApiResponse(response.status, response.headers, data)
        except aiohttp.ClientConnectorError:
            raise ApiUnavailable("gateway", outcome_unknown=False) from None
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise ApiUnavailable(service_of(path), outcome_unknown=method != "GET") from None


def pairs(query: Query | None) -> list[tuple[str, str]]:
    """Return the parameters as they are sent; None is left out, and true is `true`."""
    if query is None or isinstance(query, list):
        return query or []
    return [
        (name, str(value).lower() if isinstance(value, bool) else str(value))
        for name, value in query.items()
        if value is not None
    ]


def accepted(response: ApiResponse, path: str, method: str) -> ApiResponse:
    """Return a response that is good, and raise what any other means."""
    if response.status < _FIRST_REFUSAL:
        return response
    retry_after = response.headers.get("Retry-After", "")
    seconds = int(retry_after) if retry_after.isdecimal() else None
    said = response.data if isinstance(response.data, dict) else {}
    if response.status >= _FIRST_FAILURE and response.status != _NO_ROOM:
        unknown = method != "GET" and response.headers.get(_NOT_SENT) != "?1"
        raise ApiUnavailable(service_of(path), outcome_unknown=unknown, retry_after=seconds or 3)
    raise ApiRefused(
        response.status,
        said.get("error"),
        str(said.get("message", "")),
        [FieldProblem(one["field"], one["message"]) for one in said.get("fields", ())],
        seconds,
    )
