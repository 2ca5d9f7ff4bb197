"""Forms as people fill them in: by the labels that stand beside the fields."""

import re
from collections.abc import Mapping
from pathlib import Path

from playwright.async_api import Locator, Page

Typed = str | bool | Path


def field(page: Page, label: str) -> Locator:
    """Return the field with this label, which may be followed by "(optional)"."""
    return page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*(\(.*\))?\s*$"))


async def fill(page: Page, values: Mapping[str, Typed]) -> None:
    """Fill in fields: boxes by True or False, files by their path, choices by what they show."""
    for label, value in values.items():
        found = field(page, label)
        if isinstance(value, bool):
            await found.set_checked(value)
        elif isinstance(value, Path):
            await found.set_input_files(value)
        elif await found.evaluate("it => it.tagName") == "SELECT":
            await found.select_option(label=value)
        else:
            await found.fill(value)


async def press(page: Page, text: str) -> None:
    """Press the button with this text, and wait for the page that it leads to."""
    async with page.expect_event("framenavigated"):
        await page.get_by_role("button", name=text, exact=True).first.click()
    await page.wait_for_load_state()


async def errors(page: Page) -> list[str]:
    """Return what the summary of a form says."""
    return [text.strip() for text in await page.locator(".errors li").all_inner_texts()]
