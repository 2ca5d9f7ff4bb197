"""Chromium of the distribution, by its path: Playwright downloads none."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Browser, async_playwright

ARGUMENTS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
    "--no-first-run",
)
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")


def executable() -> str:
    """Return the path of Chromium; LookupError says how to install it."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise LookupError("There is no Chromium: apt-get install --no-install-recommends chromium")
    return found


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run a browser without windows; its sandbox needs another user than root."""
    sandbox = () if os.geteuid() else ("--no-sandbox",)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable(), args=[*ARGUMENTS, *sandbox]
        )
        try:
            yield browser
        finally:
            await browser.close()
