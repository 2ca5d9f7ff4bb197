"""The parts of pages in a real browser."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn
from playwright.async_api import Browser
from starlette.applications import Starlette

from testing.browser.chromium import chromium as running_chromium
from web_service.tests.styleguide.app import create_app


@pytest.fixture(scope="package")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests."""
    async with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def app() -> Starlette:
    """The application that shows every part."""
    return create_app()


@pytest.fixture(scope="package")
async def styleguide(app: Starlette) -> AsyncIterator[str]:
    """Its address."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1)
    )
    running = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    app.state.finish.set()
    server.should_exit = True
    await running
