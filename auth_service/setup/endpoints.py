"""How far the installation has come, for administrators."""

from fastapi import APIRouter

from auth_service.dependencies import Settings
from auth_service.permissions import Administrator
from auth_service.setup import service
from auth_service.setup.schemas import SetupRead
from shared.http.problem_groups import ALLOWED
from shared.http.problems import problems

router = APIRouter(prefix="/api/v1/setup", tags=["setup"], responses=problems(*ALLOWED))


@router.get("")
async def read_setup(_administrator: Administrator, settings: Settings) -> SetupRead:
    """Say what is done of the first steps, and what is not."""
    return await service.read_setup(settings)
