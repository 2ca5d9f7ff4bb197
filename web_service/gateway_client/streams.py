"""Files on their way through the API, piece by piece: nothing of them is kept here."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp

from web_service.errors import ApiUnavailable
from web_service.gateway_client.api import Api, ApiResponse, Query, accepted, pairs
from web_service.gateway_client.client import service_of

_TIMEOUT: Final = aiohttp.ClientTimeout(total=1800, sock_connect=3, sock_read=600)
"""Seconds: as long as the gateway waits for a service, and 64 MiB come at 64 KiB/s."""
_PLACE_SECONDS: Final = 5.0
_OCTETS: Final = "application/octet-stream"
_FIRST_REFUSAL: Final = 400


@dataclass(frozen=True, slots=True)
class Download:
    """A file that comes: what is said of it, and its content."""

    content_type: str
    content: AsyncIterator[bytes]


async def upload(
    api: Api,
    path: str,
    content: AsyncIterator[bytes],
    *,
    query: Query | None = None,
    fields: Mapping[str, str] | None = None,
) -> ApiResponse:
    """POST a file as it comes, once; raises ApiRefused and ApiUnavailable."""
    sent = _sent(api, "POST", path, query=query, content=content, more=fields)
    async with sent as response:
        return accepted(await _read(response), path, "POST")


@asynccontextmanager
async def download(api: Api, path: str, *, query: Query | None = None) -> AsyncIterator[Download]:
    """GET a file as it comes; raises ApiRefused and ApiUnavailable before its first byte."""
    async with _sent(api, "GET", path, query=query) as response:
        if response.status >= _FIRST_REFUSAL:
            accepted(await _read(response), path, "GET")
        yield Download(response.content_type, response.content.iter_any())


@asynccontextmanager
async def _sent(
    api: Api,
    method: str,
    path: str,
    *,
    query: Query | None,
    content: AsyncIterator[bytes] | None = None,
    more: Mapping[str, str] | None = None,
) -> AsyncIterator[aiohttp.ClientResponse]:
    fields = {**await api.fields(), **(more or {})}
    if content is not None:
        fields["Content-Type"] = _OCTETS
    try:
        async with (
            api.client.place(path, seconds=_PLACE_SECONDS),
            api.client.session.request(
                method,
                f"{api.client.base_url}{path}",
                params=pairs(query),
                data=content,
                headers=fields,
                allow_redirects=False,
                timeout=_TIMEOUT,
            ) as response,
        ):
            yield response
    except aiohttp.ClientConnectorError:
        raise ApiUnavailable("gateway", outcome_unknown=False) from None
    except (aiohttp.ClientError, TimeoutError, ValueError):
        raise ApiUnavailable(service_of(path), outcome_unknown=method != "GET") from None


async def _read(response: aiohttp.ClientResponse) -> ApiResponse:
    received = await response.read()
    is_json = response.content_type.endswith("json")
    data = json.loads(received) if received and is_json else None
    return ApiResponse(response.status, response.headers, data)
