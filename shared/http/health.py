"""Liveness and readiness: alive says the process answers, ready says it can do its work."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from fastapi import APIRouter, Request

from shared.errors import BadRequest, ServiceUnavailable
from shared.http.problems import problems
from shared.outages import Outage
from shared.values.schemas import Schema

Check = Callable[[], Awaitable[None]]
"""Raises when what it looks at does not work."""

CHECK_TIMEOUT = 2.0
"""Seconds that one check may take before it counts as failed."""

logger = logging.getLogger(__name__)
_outage = Outage(logger, "not ready", "ready")
router = APIRouter(prefix="/health", tags=["health"])


class NotReady(ServiceUnavailable):
    """The service cannot do its work right now."""

    error = "not_ready"


class Health(Schema):
    """The process answers, and in the case of readiness can do its work."""

    status: Literal["ok"]


@router.get("/live", responses=problems(BadRequest))
async def check_liveness() -> Health:
    """Tell that the process answers."""
    return Health(status="ok")


@router.get("/ready", responses=problems(BadRequest, NotReady))
async def check_readiness(request: Request) -> Health:
    """Tell that everything this process needs works, and that it is not about to end."""
    if getattr(request.state, "draining", False):
        raise NotReady
    await run_checks(request.app.state.health_checks)
    return Health(status="ok")


async def run_checks(checks: Mapping[str, Check]) -> None:
    """Run all checks side by side; raise NotReady when one fails, and log which."""
    results = await asyncio.gather(
        *(asyncio.wait_for(check(), CHECK_TIMEOUT) for check in checks.values()),
        return_exceptions=True,
    )
    failed = {
        name: type(result).__name__
        for name, result in zip(checks, results, strict=True)
        if isinstance(result, BaseException)
    }
    if failed:
        _outage.goes_on(", ".join(failed), failed_checks=failed)
        raise NotReady
    _outage.ends()
