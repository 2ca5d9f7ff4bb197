"""Each page, once for each role: nothing goes wrong, anyone can use it, and it fits a phone."""

import os
import re

import pytest

from testing.browser.accessibility import overflow, small_targets, violations
from testing.browser.tab import DESK, EVERY_LOOK, Look
from tests.browser.addresses import LEFT_OUT, Address, addresses
from tests.browser.conftest import OpenTab
from web_service.main import FEATURES

LOOKS = EVERY_LOOK if "EVERY_LOOK" in os.environ else (DESK, Look("ru", 320, "dark"))


def as_pattern(path: str) -> str:
    """Return an address without its query, its ids left out, with a slash at the end."""
    return re.sub(r"\{[^}]*\}", "{}", path.partition("?")[0]).rstrip("/") + "/"


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


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("address", list(addresses()), ids=str)
async def test_a_page_can_be_used(
    open_tab: OpenTab, things: dict[str, str], address: Address, look: Look
) -> None:
    path = address.path.format_map(things)
    tab = await open_tab(address.role, path, look, status=address.status)
    assert await tab.page.locator("html").get_attribute("lang") == look.language
    assert await overflow(tab.page) == []
    assert await small_targets(tab.page) == []
    if look.scripts:
        assert await violations(tab.page) == []
