"""An application as every service builds it, with endpoints of every kind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx2
import pytest
from fastapi import APIRouter, Depends, FastAPI

from shared import errors
from shared.access.authentication import (
    AnyPrincipal,
    CurrentPrincipal,
    Principal,
    TokenVerifier,
    require_roles,
)
from shared.access.jwks import parse_jwks
from shared.access.tokens import Role
from shared.http.application import build_app
from shared.http.pagination import Page, PageParams
from shared.http.problems import problems
from testing.tokens import jwks, signing_key

router = APIRouter(prefix="/things")


class KnownKeys:
    """A key source that never learns."""

    keys = parse_jwks(jwks(signing_key()))

    async def refresh(self) -> bool:
        return False


class DatabaseAway(Exception):
    """Stands for what a driver raises."""


@router.get("", responses=problems(errors.NotFound))
async def list_things(params: Annotated[PageParams, Depends()]) -> Page[int]:
    return Page[int].of(list(range(params.size)), total=101, params=params)


@router.get("/mine")
async def mine(principal: CurrentPrincipal) -> str:
    return str(principal.user_id)


@router.get("/anyone")
async def anyone(principal: AnyPrincipal) -> list[str]:
    return sorted(principal.roles)


@router.delete("/mine")
async def lose_mine() -> None:
    return None


@router.get("/managed")
async def managed(editor: Annotated[Principal, require_roles(Role.MANAGER, Role.ADMIN)]) -> str:
    return str(editor.user_id)


@router.get("/boom")
async def boom() -> None:
    raise RuntimeError("a secret of the inside")


@router.get("/away")
async def away() -> None:
    raise DatabaseAway("password=hunter2")


@router.get("/{name}")
async def raise_named(name: str) -> None:
    raise {
        "limited": errors.TooManyRequests(7),
        "methods": errors.MethodNotAllowed(["GET", "PUT"]),
        "forbidden": errors.Forbidden(),
    }.get(name, errors.NotFound())


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def app() -> FastAPI:
    """Build an application that has all there is."""
    app = build_app(
        title="Test",
        description="For the tests",
        lifespan=lifespan,
        routers=[router],
        token_url="http://localhost:8000/token",
        docs_connect_origins=["http://localhost:8000"],
        unavailable=[DatabaseAway],
    )
    app.state.token_verifier = TokenVerifier(KnownKeys(), "http://localhost:8000", "vitrina")
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Speak HTTP to it."""
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
