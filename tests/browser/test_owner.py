"""The first day of an owner: from the first password to an article on the home page."""

import re
import secrets
from collections.abc import AsyncIterator

import pytest

from testing.browser.site import Site, new_site
from testing.browser.tab import DESK, PHONE, Look
from testing.browser.walk import Walk
from testing.people import Person
from tests.browser.conftest import Begin

pytestmark = pytest.mark.browser
OWNERS_PASSWORD = "Kettle&2-roubles-on-the-stove"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A system in which nothing was done yet."""
    async with new_site() as site:
        yield site


@pytest.mark.parametrize("look", [DESK, PHONE], ids=str)
async def test_an_owner_opens_the_shop_and_somebody_else_writes_in_its_blog(
    walk: Begin, site: Site, look: Look
) -> None:
    owner = await walk(look, "owner")
    await _signs_in_for_the_first_time(owner)
    product = await _adds_a_product(owner)
    buyer = await walk(look, "first-buyer")
    person = await buyer.register()
    order = await _buys(buyer, product)
    await _is_paid(owner, order)
    writer = await walk(look, "first-writer")
    author = await writer.register()
    await _may_write(owner, author)
    title = await _writes(writer)
    reader = await walk(look, "reader")
    await reader.comes_to_see("/", title)
    await owner.go("/admin/audit/?event=roles_changed")
    await owner.sees(author.full_name)
    await owner.go("/admin/audit/?event=registered")
    await owner.sees(person.full_name)
    await owner.go("/admin/mailing-audit/")
    await owner.sees(author.full_name)
    await _is_in_the_audit_of_the_shop(owner, product, order)


async def _signs_in_for_the_first_time(owner: Walk) -> None:
    first = owner.site.system.settings.admin_password_file.read_text().strip()
    await owner.go("/users/login/")
    await owner.fill(Email_or_phone="admin@example.com", Password=first)
    await owner.press("Sign in")
    assert owner.tab.path == "/users/password-change/"
    owner.reads("en")  # the language of an account that was made with the system
    await owner.fill(
        Present_password=first,
        New_password=OWNERS_PASSWORD,
        New_password_again=OWNERS_PASSWORD,
    )
    await owner.press("Change the password")
    assert owner.tab.path == "/admin/first-steps/"
    await owner.chooses_their_language()
    await owner.sees(owner.say("To do"))


async def _adds_a_product(owner: Walk) -> str:
    """Return its address."""
    await owner.go("/product/create/")
    await owner.fill(Name=f"Самовар {secrets.token_hex(3)} <b>", Price="4 990")
    await owner.press("Add")
    return f"/products/{owner.tab.path.split('/')[2]}/"


async def _buys(buyer: Walk, product: str) -> str:
    """Return the address of the order."""
    await buyer.go(product)
    await buyer.press("Put into the cart")
    await buyer.go("/cart/")
    await buyer.press("Place the order")
    return buyer.tab.path.partition("?")[0]


async def _is_paid(owner: Walk, order: str) -> None:
    await owner.go(order)
    await owner.press("Mark as paid")
    await owner.sees(owner.say("Paid"))


async def _is_in_the_audit_of_the_shop(owner: Walk, product: str, order: str) -> None:
    """By the tab of products and orders, as somebody finds it who looks for it."""
    await owner.tab.page.get_by_role("link", name=owner.say("Products and orders")).click()
    await owner.tab.page.wait_for_url("**/admin/catalog-audit/")
    main = owner.tab.page.locator("main")
    added = main.locator("tr", has_text=owner.say("Product added"))
    paid = main.locator("tr", has_text=owner.say("Order marked as paid"))
    number = product.rstrip("/").rpartition("/")[2]
    assert await added.locator(f'a[href="/product/{number}/update/"]').count() == 1
    assert await paid.locator(f'a[href="{order}"]').count() == 1
    assert f"{owner.say('Placed')} → {owner.say('Paid')}" in await paid.inner_text()


async def _may_write(owner: Walk, author: Person) -> None:
    await owner.go(f"/admin/users/?q={author.email}")
    await owner.tab.page.locator('main a[href^="/users/"]').first.click()
    await owner.tab.page.wait_for_url(re.compile(r"/users/[0-9a-f-]{36}/"))
    await owner.fill(Blog_manager=True)
    await owner.press("Save the roles")


async def _writes(writer: Walk) -> str:
    """Return the title of what is published."""
    title = f"Как ставить самовар {secrets.token_hex(3)} <i>"
    await writer.go("/draft/create/")
    await writer.fill(Title=title, Text="Сначала **вода**.")
    await writer.press("Save")
    await writer.press("Publish now")
    return title
