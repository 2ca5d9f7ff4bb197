"""Reading the home page."""

from typing import Any

import httpx2
from fastapi import FastAPI

from mailing_service.home.counters import HomeCounters

HOME = "/api/v1/home"


async def read(client: httpx2.AsyncClient, accept_language: str = "") -> dict[str, Any]:
    """Return what is shown."""
    response = await client.get(HOME, headers={"accept-language": accept_language})
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = response.json()
    return shown


async def titles(client: httpx2.AsyncClient, accept_language: str = "") -> list[str]:
    """Return the titles of the articles that are shown."""
    return [article["title"] for article in (await read(client, accept_language))["articles"]]


def counters_of(app: FastAPI) -> HomeCounters:
    """Return what counts for the home page."""
    counters: HomeCounters = app.state.home_counters
    return counters


async def forget_counts(app: FastAPI) -> None:
    """Have the next reader see what is there now."""
    counters_of(app)._kept = None
