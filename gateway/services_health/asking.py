"""Ask the services how they are, as a balancer does; what hangs is cut off, and holds nobody up."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Final

from gateway.routes.gateway import GATEWAY
from gateway.services_health.schemas import HealthState, ServiceHealth, ServicesHealth
from gateway.upstream.errors import ClosedBeforeResponse, UpstreamError
from gateway.upstream.fetch import Document, fetch
from gateway.upstream.pool import Upstream
from shared.http.health import Check, NotReady, run_checks

TIMEOUT: Final = 2.0
"""Seconds for each; all are asked at the same time."""
_PATH: Final = b"/health/ready"
_MAX_SIZE: Final = 64 * 1024


async def ask_all(
    upstreams: Mapping[str, Upstream], own_checks: Mapping[str, Check]
) -> ServicesHealth:
    """Return the health of the gateway, by its own checks, and of each service."""
    asked = [_timed(GATEWAY, partial(_own_state, own_checks))]
    asked += [_timed(name, partial(_state_of, one)) for name, one in upstreams.items()]
    return ServicesHealth(services=await asyncio.gather(*asked))


async def _timed(name: str, ask: Callable[[], Awaitable[HealthState]]) -> ServiceHealth:
    began = time.monotonic()
    try:
        async with asyncio.timeout(TIMEOUT):
            state = await ask()
    except TimeoutError:
        state = HealthState.NO_RESPONSE
    took = time.monotonic() - began
    return ServiceHealth(name=name, state=state, duration_ms=int(took * 1000))


async def _state_of(upstream: Upstream) -> HealthState:
    try:
        response = await _fetch(upstream)
    except (UpstreamError, ValueError):
        return HealthState.NO_RESPONSE
    return HealthState.READY if response.status == HTTPStatus.OK else HealthState.NOT_READY


async def _fetch(upstream: Upstream) -> Document:
    """Ask once more where a kept connection was closed meanwhile: that says nothing of a service.

    Raises UpstreamError and ValueError.
    """
    try:
        return await fetch(upstream, _PATH, limit=_MAX_SIZE)
    except ClosedBeforeResponse:
        return await fetch(upstream, _PATH, limit=_MAX_SIZE)


async def _own_state(checks: Mapping[str, Check]) -> HealthState:
    try:
        await run_checks(checks)
    except NotReady:
        return HealthState.NOT_READY
    return HealthState.READY
