"""The gateway as tutorials write it: a FastAPI route, a dependency that decodes, an httpx client.

Runs in a virtual environment of its own; the environment names what it needs:
BENCH_CLIENT (`httpx` or `httpx2`), BENCH_UPSTREAM, BENCH_PUBLIC_KEY (a PEM file).
"""

import importlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

httpx: Any = importlib.import_module(os.environ["BENCH_CLIENT"])
PUBLIC_KEY = Path(os.environ["BENCH_PUBLIC_KEY"]).read_text()
ISSUER = "http://localhost:8000"
AUDIENCE = "vitrina"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep one client for all requests."""
    async with httpx.AsyncClient(base_url=os.environ["BENCH_UPSTREAM"]) as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)
bearer = HTTPBearer()


async def current_user(
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)],
) -> dict[str, Any]:
    """Return the claims of the token."""
    try:
        claims: dict[str, Any] = jwt.decode(
            credentials.credentials,
            PUBLIC_KEY,
            algorithms=["RS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
        )
    except jwt.PyJWTError:
        raise HTTPException(401, "Unauthorized") from None
    return claims


@app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
async def forward(
    path: str, request: Request, _user: Annotated[dict[str, Any], Depends(current_user)]
) -> Response:
    """Pass the request on."""
    headers = {name: value for name, value in request.headers.items() if name != "host"}
    answer = await request.app.state.client.request(
        request.method,
        f"/{path}",
        params=request.query_params,
        headers=headers,
        content=await request.body(),
    )
    return Response(answer.content, answer.status_code, dict(answer.headers))
