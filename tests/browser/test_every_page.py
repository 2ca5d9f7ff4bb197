"""Each page, once for each role: nothing goes wrong, anyone can use it, and it fits a phone."""

import os
from collections.abc import Sequence

import pytest

from testing.browser.accessibility import overflow, small_targets, violations
from testing.browser.tab import DESK, EVERY_LOOK, Look, Tab
from tests.browser.addresses import (
    LEFT_OUT,
    Address,
    addresses,
    addresses_of_every_role,
    as_pattern,
)
from tests.browser.conftest import OpenTab
from web_service.main import FEATURES

WHOLE = "EVERY_LOOK" in os.environ
"""Whether everybody who may see a page looks at it, in every look."""
LOADED = (DESK, Look("ru", 320, "dark"))
"""As what each page is loaded; each width and each theme is there."""
ADDRESSES = list(addresses_of_every_role() if WHOLE else addresses())
LOOKS = [look.but(scripts=on) for on in (True, False) for look in LOADED] if WHOLE else LOADED


def seen_in_one_tab(loaded: Look) -> Sequence[Look]:
    """Return all looks that need no other page than this one, which comes first."""
    same = [
        look
        for look in EVERY_LOOK
        if (look.language, look.scripts) == (loaded.language, loaded.scripts)
    ]
    return sorted(same, key=lambda look: look != loaded)


def test_every_page_is_walked_to_or_says_why_not() -> None:
    pages = {
        as_pattern(route.path)
        for feature in FEATURES
        for route in feature.ROUTES
        if route.method == "GET"
    }
    walked = {as_pattern(address.path) for address in addresses() if address.status < 400}
    assert pages - walked - LEFT_OUT.keys() == set()
    assert (walked | LEFT_OUT.keys()) - pages == set()


def test_the_whole_is_every_look() -> None:
    loaded = [look.but(scripts=on) for on in (True, False) for look in LOADED]
    assert sorted(map(str, EVERY_LOOK)) == sorted(
        str(look) for one in loaded for look in seen_in_one_tab(one)
    )


@pytest.mark.browser
@pytest.mark.parametrize("address", ADDRESSES, ids=str)
@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_page_can_be_used(
    open_tab: OpenTab, things: dict[str, str], address: Address, look: Look
) -> None:
    path = address.path.format_map(things)
    tab = await open_tab(address.role, path, look, status=address.status)
    assert await tab.page.locator("html").get_attribute("lang") == look.language
    found = {str(look): await _faults(tab)}
    if WHOLE:
        for other in seen_in_one_tab(look)[1:]:
            await tab.turn(other)
            found[str(other)] = await _faults(tab)
    assert {name: faults for name, faults in found.items() if faults} == {}


async def _faults(tab: Tab) -> list[str]:
    """Return what is too wide, too small, or what axe-core finds, as the page is shown now."""
    faults = await overflow(tab.page) + await small_targets(tab.page)
    return faults + await violations(tab.page) if tab.look.scripts else faults
