"""The health of all services over HTTP; the route table lets administrators in, and nobody else."""

from fastapi import APIRouter, Request, Response

from gateway.services_health.asking import ask_all
from gateway.services_health.schemas import ServicesHealth
from shared.access.authentication import SECURITY_SCHEME
from shared.errors import BadRequest, TooManyRequests
from shared.http.problem_groups import ALLOWED
from shared.http.problems import problems

router = APIRouter(prefix="/api/v1/health", tags=["health"])


@router.get(
    "",
    responses=problems(BadRequest, *ALLOWED, TooManyRequests),
    openapi_extra={"security": [{SECURITY_SCHEME: []}]},
)
async def check_services(request: Request, response: Response) -> ServicesHealth:
    """Ask every service whether it can do its work, all together, for two seconds.

    Workers have no address: `GET /mail-server` says when each was last seen.
    """
    response.headers["Cache-Control"] = "no-store"
    state = request.app.state
    return await ask_all(state.upstreams, state.health_checks)
