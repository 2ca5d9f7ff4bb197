"""How somebody looks at a site: language, width, colours, and with scripts or without."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Self

from playwright.async_api import Browser, Page, ViewportSize

from testing.browser.problems import Problems

Theme = Literal["light", "dark"]
HEIGHTS: Final = {320: 640, 1280: 800}


@dataclass(frozen=True)
class Look:
    """A browser's language, the width of its window, its colours, and whether scripts run."""

    language: str = "en"
    width: int = 1280
    theme: Theme = "light"
    scripts: bool = True

    def __str__(self) -> str:
        """Name a test."""
        return f"{self.language}-{self.width}-{self.theme}{'' if self.scripts else '-bare'}"

    @property
    def window(self) -> ViewportSize:
        """The size of the window."""
        return {"width": self.width, "height": HEIGHTS.get(self.width, 800)}

    def but(self, **changes: Any) -> Self:
        """Return another that differs in this alone."""
        return replace(self, **changes)


DESK: Final = Look()
PHONE: Final = Look(language="ru", width=320, theme="dark", scripts=False)
EVERY_LOOK: Final = tuple(
    Look(language, width, theme, scripts)
    for language in ("en", "ru")
    for width in (1280, 320)
    for theme in ("light", "dark")
    for scripts in (True, False)
)


@dataclass(frozen=True)
class Tab:
    """A page of a browser of its own, and what went wrong on it."""

    page: Page
    problems: Problems
    url: str
    look: Look

    async def open(self, path: str, *, status: int = 200) -> None:
        """Go to an address of the site, which answers with this status."""
        self.problems.expected.add(status)
        response = await self.page.goto(self.url + path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status}"

    async def turn(self, look: Look) -> None:
        """Show what is open in the width and the colours of another look, without loading it."""
        await self.page.set_viewport_size(look.window)
        await self.page.emulate_media(color_scheme=look.theme)

    @property
    def path(self) -> str:
        """The address where it is, with its query."""
        return self.page.url.removeprefix(self.url)


@dataclass(frozen=True)
class Window:
    """A browser with cookies of its own and one tab, in which one page follows the other."""

    page: Page
    url: str
    look: Look
    problems: Problems

    @asynccontextmanager
    async def tab(self) -> AsyncIterator[Tab]:
        """Begin anew in the tab; at its end nothing was wrong."""
        self.problems.begin()
        tab = Tab(self.page, self.problems, self.url, self.look)
        await tab.turn(self.look)
        yield tab
        self.problems.check()


@asynccontextmanager
async def window(
    browser: Browser, url: str, look: Look = DESK, *, state: Mapping[str, Any] | None = None
) -> AsyncIterator[Window]:
    """Open a window, signed in by a `state` that another has kept."""
    context = await browser.new_context(
        base_url=url,
        locale={"ru": "ru-RU"}.get(look.language, "en-GB"),
        timezone_id="Europe/Moscow",
        viewport=look.window,
        color_scheme=look.theme,
        reduced_motion="reduce",
        java_script_enabled=look.scripts,
        storage_state=state,  # type: ignore[arg-type]  # what another context gave
    )
    context.set_default_timeout(30_000)  # a machine may be busy
    problems = Problems(url)
    problems.watch(context)
    try:
        yield Window(await context.new_page(), url, look, problems)
    finally:
        await context.close()


@asynccontextmanager
async def opened(
    browser: Browser, url: str, look: Look = DESK, *, state: Mapping[str, Any] | None = None
) -> AsyncIterator[Tab]:
    """Open a tab in a window of its own; at its end nothing was wrong."""
    async with window(browser, url, look, state=state) as own, own.tab() as tab:
        yield tab
