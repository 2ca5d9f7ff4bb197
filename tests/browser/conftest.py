"""One system, one browser, and tabs: `tab = await open_tab("user", "/cart/", PHONE)`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Browser

from testing.background import BackgroundSystem
from testing.browser.chromium import chromium as running_chromium
from testing.browser.site import Role, Site, client_of, fill_with_things
from testing.browser.tab import DESK, Look, Tab, Window, opened, window
from testing.browser.walk import Walk
from testing.people import Shop

Begin = Callable[..., Awaitable[Walk]]
OpenTab = Callable[..., Awaitable[Tab]]
FindWindow = Callable[[Role, Look], Awaitable[Window]]


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests; each tab has cookies of its own."""
    async with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
async def site(own_system: BackgroundSystem | None, chromium: Browser) -> AsyncIterator[Site]:
    """The site of a system of the tests' own."""
    if own_system is None:
        pytest.skip("needs a system whose emails it can read")
    async with client_of(own_system.url) as client:
        yield Site(own_system, Shop(client), chromium)


@pytest.fixture(scope="session")
async def things(site: Site) -> dict[str, str]:
    """The ids of one thing of each kind, which the person with the role user has."""
    await fill_with_things(site)
    return site.things


@pytest.fixture(scope="session")
async def window_of(site: Site) -> AsyncIterator[FindWindow]:
    """One window for each role and look: a new one for each page would cost more than the page."""
    windows: dict[tuple[Role, Look], Window] = {}
    async with AsyncExitStack() as stack:

        async def window_of(role: Role, look: Look) -> Window:
            if (role, look) not in windows:
                state = await site.state(role, look.language)
                new = window(site.browser, site.url, look, state=state)
                windows[role, look] = await stack.enter_async_context(new)
            return windows[role, look]

        yield window_of


@pytest.fixture
async def open_tab(window_of: FindWindow) -> AsyncIterator[OpenTab]:
    """Opens an address as somebody with a role; at the end nothing was wrong in any tab."""
    async with AsyncExitStack() as stack:

        async def open_tab(role: Role, path: str, look: Look = DESK, *, status: int = 200) -> Tab:
            tab = await stack.enter_async_context((await window_of(role, look)).tab())
            await tab.open(path, status=status)
            return tab

        yield open_tab


@pytest.fixture
async def walk(site: Site) -> AsyncIterator[Begin]:
    """Opens a browser for somebody; at the end nothing was wrong in it."""
    async with AsyncExitStack() as stack:

        async def begin(look: Look, name: str, state: Mapping[str, Any] | None = None) -> Walk:
            tab = await stack.enter_async_context(opened(site.browser, site.url, look, state=state))
            return Walk(tab, site, name)

        yield begin
