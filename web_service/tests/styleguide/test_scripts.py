"""What scripts add: lists that change in place, forms that are sent once, buttons that help."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect
from starlette.applications import Starlette

from testing.browser.tab import DESK, PHONE, Tab, opened

pytestmark = pytest.mark.browser


@pytest.fixture
async def tab(chromium: Browser, styleguide: str) -> AsyncIterator[Tab]:
    async with opened(chromium, styleguide, DESK) as tab:
        await tab.open("/list?q=tea")
        await tab.page.evaluate("window.same = true")
        yield tab


async def is_same_document(tab: Tab) -> bool:
    return bool(await tab.page.evaluate("window.same === true"))


async def test_a_page_of_a_list_changes_in_its_place(tab: Tab) -> None:
    page = tab.page
    await page.get_by_role("link", name="Next").click()
    await expect(page).to_have_url(f"{tab.url}/list?q=tea&page=2")
    await expect(page.locator("#announcements")).to_have_text("2 of 9 for “tea”")
    await expect(page.locator("[data-focus]")).to_be_focused()
    assert await is_same_document(tab)
    await page.go_back()
    await expect(page).to_have_url(f"{tab.url}/list?q=tea")
    await expect(page.locator("[data-focus]")).to_have_text("1 of 9 for “tea”")
    assert await page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


async def test_back_from_elsewhere_shows_the_page_that_was_left(tab: Tab) -> None:
    await tab.page.get_by_role("link", name="Next").click()
    await expect(tab.page).to_have_url(f"{tab.url}/list?q=tea&page=2")
    await tab.page.get_by_role("link", name="Elsewhere").click()
    await tab.page.wait_for_url("**/styleguide")
    await tab.page.go_back()
    await expect(tab.page.locator("[data-focus]")).to_have_text("2 of 9 for “tea”")
    await expect(tab.page.get_by_role("heading", name="List")).to_be_visible()


async def test_the_order_keeps_the_focus_where_it_was(tab: Tab) -> None:
    await tab.page.get_by_role("link", name="Name").focus()
    await tab.page.keyboard.press("Enter")
    await expect(tab.page).to_have_url(f"{tab.url}/list?sort=name")
    await expect(tab.page.get_by_role("link", name="Name")).to_be_focused()


async def test_typing_searches_and_is_one_step_back(tab: Tab) -> None:
    box = tab.page.get_by_label("Search")
    before = await tab.page.evaluate("history.length")
    for text in ("cup", "cups", "cups of"):
        await box.fill(text)
        await expect(tab.page.locator("#announcements")).to_have_text(f"1 of 9 for “{text}”")
    assert tab.path == "/list?q=cups+of"
    assert await tab.page.evaluate("history.length") == before + 1
    await expect(box).to_be_focused()
    await box.fill("")
    await expect(tab.page).to_have_url(f"{tab.url}/list")
    assert await is_same_document(tab)


async def test_a_page_without_the_list_is_shown_whole(tab: Tab) -> None:
    await tab.page.locator("#lost").click()
    await expect(tab.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert tab.path == "/no-list"
    assert not await is_same_document(tab)


async def test_a_form_is_sent_once(tab: Tab, app: Starlette) -> None:
    pressed = await tab.page.evaluate(
        """() => {
            const button = document.querySelector("form[action='/slow'] button:not([type])");
            for (let time = 0; time < 3; time += 1) button.click();
            return button.getAttribute("aria-busy");
        }"""
    )
    assert pressed == "true"
    app.state.finish.set()
    await tab.page.wait_for_url("**/no-list")
    assert app.state.received == 1
    await tab.page.go_back()
    button = tab.page.get_by_role("button", name="Send")
    await expect(button).not_to_have_attribute("aria-busy", "true")


async def test_a_password_is_shown_and_its_rules_are_marked(tab: Tab) -> None:
    page, field = tab.page, tab.page.locator("#field-secret")
    await field.fill("Samovar")
    await expect(page.locator(".rules .met")).to_have_text(["A capital (met)"])
    await field.fill("Samovar7")
    await expect(page.locator(".rules .met")).to_have_count(2)
    show = page.get_by_role("button", name="Show Secret")
    await show.click()
    await expect(field).to_have_attribute("type", "text")
    await expect(show).to_have_attribute("aria-pressed", "true")
    await show.click()
    await expect(field).to_have_attribute("type", "password")


async def test_buttons_of_markdown_mark_what_is_selected(tab: Tab) -> None:
    page, text = tab.page, tab.page.get_by_role("textbox", name="Message")
    await text.fill("tea\ncups")
    await text.evaluate("it => it.setSelectionRange(0, 3)")
    await page.get_by_role("button", name="Bold").click()
    await expect(text).to_have_value("**tea**\ncups")
    await text.evaluate("it => it.setSelectionRange(0, it.value.length)")
    await page.get_by_role("button", name="Numbered list").click()
    await expect(text).to_have_value("1. **tea**\n2. cups")
    await page.keyboard.press("Control+z")
    await expect(text).to_have_value("**tea**\ncups")


async def test_escape_closes_a_menu(chromium: Browser, styleguide: str) -> None:
    async with opened(chromium, styleguide, DESK) as tab:
        await tab.open("/styleguide?roles=user,manager")
        menu = tab.page.locator(".menu").first
        await menu.locator("summary").click()
        await expect(menu).to_have_attribute("open", "")
        await tab.page.keyboard.press("Escape")
        await expect(menu).not_to_have_attribute("open", "")
        await expect(menu.locator("summary")).to_be_focused()


async def test_what_is_written_is_shown_soon_and_is_no_step_back(
    chromium: Browser, styleguide: str
) -> None:
    async with opened(chromium, styleguide, DESK) as tab:
        await tab.open("/editor")
        page, text = tab.page, tab.page.get_by_role("textbox", name="Text")
        shown = page.frame_locator("iframe.preview:not([hidden])").locator("p")
        steps = await page.evaluate("history.length")
        await text.fill("one <b>")
        await expect(shown).to_have_text("one <b>")
        await text.press_sequentially(" two")
        await expect(shown).to_have_text("one <b> two")
        await expect(text).to_be_focused()
        await expect(page.locator("iframe")).to_have_count(1)
        assert await page.locator("iframe").get_attribute("sandbox") == ""
        assert await page.evaluate("history.length") == steps
        await page.get_by_role("button", name="Preview").click()
        await expect(shown).to_have_text("one <b> two")
        assert tab.path == "/editor"


async def test_nothing_is_asked_for_an_empty_text(chromium: Browser, styleguide: str) -> None:
    async with opened(chromium, styleguide, DESK) as tab:
        await tab.open("/editor")
        asked: list[str] = []
        tab.page.on("request", lambda request: asked.append(request.method))
        await tab.page.get_by_role("textbox", name="Subject").fill("Tea")
        await tab.page.wait_for_timeout(1000)
        assert "POST" not in asked


async def test_without_scripts_a_button_shows_it(chromium: Browser, styleguide: str) -> None:
    async with opened(chromium, styleguide, PHONE) as tab:
        await tab.open("/editor")
        await tab.page.get_by_role("textbox", name="Text").fill("one")
        await tab.page.get_by_role("button", name="Preview").click()
        shown = tab.page.frame_locator("iframe.preview").locator("p")
        await expect(shown).to_have_text("one")
        assert tab.path == "/editor"
