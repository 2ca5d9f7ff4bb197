"""What a machine finds of WCAG 2.2, A and AA: by axe-core, and what axe-core does not look at."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page

AXE: Final = Path(__file__).parents[2] / "tests/browser/node_modules/axe-core/axe.min.js"
TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
SMALLEST: Final = 24
"""CSS pixels of a target (2.5.8); links within a sentence may be less."""

_RUN: Final = """([within, tags]) => axe.run(within, {
  runOnly: {type: "tag", values: tags}, resultTypes: ["violations"],
  iframes: false,
})"""
"""Not of frames: ours are sandboxed without scripts, so axe-core cannot look into them."""
_TARGETS: Final = """least => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
)].filter(it => {
  const box = it.getBoundingClientRect(), style = getComputedStyle(it);
  if (!box.width || it.closest(".visually-hidden, .skip")) return false;
  const inSentence = style.display === "inline" && it.closest("p, li, td, th, dd");
  return !inSentence && (box.width < least || box.height < least);
}).map(it => it.outerHTML.slice(0, 120))"""
_OVERFLOW: Final = """() => {
  const page = document.scrollingElement, room = page.clientWidth;
  if (page.scrollWidth <= room) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(
    it => it.getBoundingClientRect().right > room + 1);
  return [`${page.scrollWidth} > ${room}`, ...wide.slice(-3).map(it => it.outerHTML.slice(0, 120))];
}"""


@cache
def _axe() -> str:
    if not AXE.exists():
        raise LookupError("There is no axe-core: npm ci --prefix tests/browser")
    return AXE.read_text(encoding="utf-8")


async def violations(page: Page, *, within: str = "html") -> list[str]:
    """Return what axe-core finds, each with the element; scripts of the page have to run."""
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(_axe())
    results: dict[str, Any] = await page.evaluate(_RUN, [within, list(TAGS)])
    return [
        f"{found['id']}: {node['html'][:200]} {node['failureSummary']}"
        for found in results["violations"]
        for node in found["nodes"]
    ]


async def small_targets(page: Page) -> list[str]:
    """Return what is too small to be hit."""
    found: list[str] = await page.evaluate(_TARGETS, SMALLEST)
    return found


async def overflow(page: Page) -> list[str]:
    """Return what makes the page wider than its window (1.4.10)."""
    found: list[str] = await page.evaluate(_OVERFLOW)
    return found
