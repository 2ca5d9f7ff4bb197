"""Every part can be seen, reached and used: in light and dark, on a phone and a desk."""

import pytest
from playwright.async_api import Browser

from testing.browser.accessibility import overflow, small_targets, violations
from testing.browser.tab import EVERY_LOOK, Look, opened

pytestmark = pytest.mark.browser
PAGE = "/styleguide?roles=user,manager"


@pytest.mark.parametrize("look", [look for look in EVERY_LOOK if look.scripts], ids=str)
async def test_the_parts_are_accessible(chromium: Browser, styleguide: str, look: Look) -> None:
    async with opened(chromium, styleguide, look) as tab:
        await tab.open(f"{PAGE}&language={look.language}")
        assert await violations(tab.page) == []
        assert await small_targets(tab.page) == []
        assert await overflow(tab.page) == []


@pytest.mark.parametrize("look", [look for look in EVERY_LOOK if not look.scripts], ids=str)
async def test_the_parts_need_no_scripts(chromium: Browser, styleguide: str, look: Look) -> None:
    async with opened(chromium, styleguide, look) as tab:
        await tab.open(f"{PAGE}&language={look.language}")
        assert await overflow(tab.page) == []
        assert await tab.page.locator("[data-needs-script]:visible").count() == 0


async def test_open_menus_are_accessible(chromium: Browser, styleguide: str) -> None:
    for width in (1280, 320):
        async with opened(chromium, styleguide, Look(width=width)) as tab:
            await tab.open(PAGE)
            for menu in await tab.page.locator(".menu > summary").all():
                await menu.click()
                assert await violations(tab.page, within="header") == []
                assert await overflow(tab.page) == []
