"""Everything that matters can be done by the keyboard alone, and one sees where one is."""

import re
import secrets

import pytest
from playwright.async_api import Page

from testing.browser.site import Site
from testing.browser.tab import DESK, opened
from testing.people import PASSWORD, Person

pytestmark = pytest.mark.browser
MOST_STOPS = 150
_FOCUSED = """() => {
    const it = document.activeElement;
    const style = getComputedStyle(it);
    const label = it.labels && it.labels.length ? it.labels[0].innerText : null;
    return {
        name: (label || it.getAttribute("aria-label") || it.innerText || "").trim(),
        seen: style.outlineStyle !== "none" || style.boxShadow !== "none",
        inside: it.getBoundingClientRect().bottom > 0,
    };
}"""


async def reach(page: Page, name: str) -> None:
    """Press Tab until the control with this name has the focus, and shows it."""
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(_FOCUSED)
        if re.sub(r"\s*\(optional\)", "", focused["name"]).startswith(name):
            assert focused["seen"], f"the focus on {name!r} is not to be seen"
            assert focused["inside"], f"{name!r} is out of sight"
            return
    raise AssertionError(f"Tab never came to {name!r}")


async def write(page: Page, name: str, text: str) -> None:
    """Go to a field and type into it."""
    await reach(page, name)
    await page.keyboard.type(text)


async def press(page: Page, name: str) -> None:
    """Go to a button and press Enter."""
    await reach(page, name)
    async with page.expect_event("framenavigated"):
        await page.keyboard.press("Enter")
    await page.wait_for_load_state()


async def test_a_customer_registers_and_buys(site: Site) -> None:
    async with opened(site.browser, site.url, DESK) as tab:
        person, page = Person(), tab.page
        await tab.open("/users/register/")
        await write(page, "Name", person.full_name)
        await write(page, "Email", person.email)
        await write(page, "Phone", person.phone)
        await write(page, "Password", PASSWORD)
        await write(page, "Password again", PASSWORD)
        await press(page, "Create an account")
        [email, *_] = await site.emails(person.email)
        code = re.search(r"\b[0-9]{6}\b", email["text"])
        assert code is not None
        await tab.open("/users/confirm-email/")
        await write(page, "Code", code[0])
        await press(page, "Confirm")
        await tab.open("/products/")
        await press(page, "To the cart")
        await tab.open("/cart/")
        await press(page, "Place the order")
        assert tab.path.startswith("/order/")


async def test_the_first_stop_leads_past_the_navigation(site: Site) -> None:
    async with opened(site.browser, site.url, DESK) as tab:
        await tab.open("/users/login/")
        await reach(tab.page, "Skip to the content")
        await tab.page.keyboard.press("Enter")
        assert await tab.page.evaluate("() => document.activeElement.id") == "main"


async def test_a_writer_sends_and_a_manager_approves(site: Site) -> None:
    writer = await site.new_member("user")
    async with opened(site.browser, site.url, DESK) as tab:
        page = tab.page
        await tab.open("/users/login/")
        await write(page, "Email or phone", writer.person.email)
        await write(page, "Password", PASSWORD)
        await press(page, "Sign in")
        address = f"{secrets.token_hex(6)}@example.com"
        await tab.open("/recipient/create/")
        await write(page, "Email", address)
        await press(page, "Save")
        await tab.open("/message/create/")
        await write(page, "Subject", "Tea")
        await write(page, "Text", "New tea")
        await press(page, "Save")
        await tab.open("/sending/create/")
        await write(page, "Name of the mailing", "Tea")
        await reach(page, "Message")
        await page.keyboard.press("ArrowDown")
        await write(page, "Single recipients", address)
        await press(page, "Submit")
        sending = tab.path
    state = await site.state("manager")
    async with opened(site.browser, site.url, DESK, state=state) as tab:
        await tab.open(sending)
        await press(tab.page, "Approve")
        assert tab.path == "/admin/approvals/"
    await site.emails(address)
