"""How soon a page is there on a slow phone: `python -m bench.web_vitals`.

In Chromium with a network of 1.6 Mbit/s and 150 ms (slow 4G) and a processor slowed four times:
the largest contentful paint (LCP), the layout shift (CLS), and how long an interaction takes until
the next frame. The medians of three views with an empty cache.
"""

import argparse
import asyncio
import statistics
from typing import Final

from playwright.async_api import Page

from testing.browser.site import Role, Site, filled_site
from testing.browser.tab import Look, opened

VIEWS: Final = 3
PHONE: Final = Look("en", 390, "light")
NETWORK: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
PAGES: Final[tuple[tuple[Role, str], ...]] = (
    ("nobody", "/"),
    ("nobody", "/users/register/"),
    ("user", "/products?view=tiles"),
    ("user", "/cart/"),
    ("user", "/sendings"),
)
_OBSERVE: Final = """
window.vitals = {lcp: 0, cls: 0, slowest: 0};
new PerformanceObserver(list => { for (const it of list.getEntries()) vitals.lcp = it.startTime; })
    .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => { for (const it of list.getEntries())
    if (!it.hadRecentInput) vitals.cls += it.value; })
    .observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => { for (const it of list.getEntries())
    vitals.slowest = Math.max(vitals.slowest, it.duration); })
    .observe({type: "event", durationThreshold: 16, buffered: true});
"""


async def vitals_of(site: Site, role: Role, path: str) -> dict[str, float]:
    """Return what one view takes: milliseconds, and the shift without a unit."""
    state = await site.state(role, PHONE.language)
    async with opened(site.browser, site.url, PHONE, state=state) as tab:
        await _slow_down(tab.page)
        await tab.page.add_init_script(_OBSERVE)
        await tab.open(path.format_map(site.things))
        await tab.page.wait_for_load_state("networkidle")
        vitals: dict[str, float] = await tab.page.evaluate("() => ({...vitals})")
        await tab.page.keyboard.press("Tab")
        await tab.page.keyboard.press("Tab")
        await tab.page.wait_for_timeout(300)
        vitals["slowest"] = await tab.page.evaluate("() => vitals.slowest")
        return vitals


async def _slow_down(page: Page) -> None:
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", NETWORK)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": 4})


async def measure() -> None:
    """Print a line for each page."""
    print("| page | LCP ms | CLS | interaction ms |\n|---|---|---|---|")
    async with filled_site() as site:
        for role, path in PAGES:
            views = [await vitals_of(site, role, path) for _ in range(VIEWS)]
            lcp, cls, slowest = (
                statistics.median(one[name] for one in views) for name in ("lcp", "cls", "slowest")
            )
            print(f"| {role} {path} | {lcp:.0f} | {cls:.3f} | {slowest:.0f} |", flush=True)


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m bench.web_vitals", description=__doc__).parse_args()
    asyncio.run(measure())
