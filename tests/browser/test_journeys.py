"""What people come for, from the first page to the last: with scripts, and without."""

import secrets
from pathlib import Path

import pytest
from playwright.async_api import expect

from testing.browser.site import Site
from testing.browser.tab import DESK, PHONE, Look
from tests.browser.conftest import Begin

pytestmark = pytest.mark.browser
LOOKS = pytest.mark.parametrize("look", [DESK, PHONE], ids=str)


@LOOKS
async def test_a_customer_registers_finds_a_product_and_buys_it(walk: Begin, look: Look) -> None:
    anna = await walk(look, "customer")
    await anna.register()
    await anna.go("/products/")
    name = await anna.tab.page.locator(".tile h2 a").first.inner_text()
    await anna.fill(Search=name.split()[0])
    await anna.press("Show")
    await anna.sees(name)
    await anna.tab.page.get_by_role("link", name=name, exact=True).first.click()
    await anna.tab.page.wait_for_url("**/products/*/")
    await anna.fill(Pieces="2")
    await anna.press("Put into the cart")
    await anna.go("/cart/")
    await anna.press("Place the order")
    assert anna.tab.path.startswith("/order/")
    order = anna.tab.path
    await anna.sees(name)
    await anna.tab.page.go_back()
    await anna.go("/orders/")
    links = await anna.tab.page.locator(f'main a[href^="{order.partition("?")[0]}"]').count()
    assert links == 1
    await anna.sees(anna.say("My orders"))


@LOOKS
async def test_a_writer_writes_a_manager_approves_and_it_arrives(
    walk: Begin, site: Site, look: Look, tmp_path: Path
) -> None:
    writer = await walk(look, "writer")
    await writer.register()
    addresses = [f"{secrets.token_hex(6)}@example.com" for _ in range(3)]
    file = tmp_path / "people.csv"
    file.write_text("email,full_name\n" + "".join(f"{one},Вера\n" for one in addresses))
    await writer.go("/recipients/import/")
    await writer.fill(File=file)
    await writer.press("Import")
    for address in addresses:
        await writer.sees(address)

    await writer.go("/message/create/")
    subject = f"Чай {secrets.token_hex(3)} для {{{{full_name|вас}}}}"
    await writer.fill(Subject=subject, Text="Новый **чай**: {{full_name|friend}} <b>&</b>")
    if not look.scripts:
        await writer.press("Preview without saving")
    shown = writer.tab.page.frame_locator("iframe.preview:not([hidden])")
    await expect(shown.locator("strong")).to_have_text("чай")
    await writer.press("Save")

    await writer.go("/sending/create/")
    await writer.fill(
        Name_of_the_mailing="Чай недели", Message=subject, Single_recipients="\n".join(addresses)
    )
    await writer.press("Submit")
    sending = writer.tab.path
    await writer.sees(writer.say("Waits for approval"))

    manager = await walk(look, "manager", await site.state("manager", look.language))
    await manager.go("/admin/approvals/")
    await manager.go(sending)
    await manager.press("Approve")

    for address in addresses:
        [email] = await site.emails(address)
        assert email["subject"].endswith("для Вера")
    await writer.go(f"{sending}deliveries/")
    for address in addresses:
        await writer.sees(address)
    await writer.go(f"{sending}statistics/")
    assert await writer.tab.page.locator("svg[role=img]").count() >= 1
    await writer.go(sending)


@LOOKS
async def test_a_manager_adds_a_product_sells_it_and_takes_it_out_of_the_shop(
    walk: Begin, site: Site, look: Look
) -> None:
    manager = await walk(look, "seller", await site.state("manager", look.language))
    word = f"чай{secrets.token_hex(4)}"
    await manager.go("/product/create/")
    await manager.fill(Name=f"{word} <b>", Price="1 299,50")
    await manager.press("Add")
    number = manager.tab.path.split("/")[2]
    await manager.fill(Pieces_left="3")
    await manager.press("Save the stock")

    buyer = await walk(look, "buyer", await site.state("user", look.language))
    await buyer.go(f"/products/{number}/")
    await buyer.press("Put into the cart")
    await buyer.go("/cart/")
    await buyer.press("Place the order")
    order = buyer.tab.path.partition("?")[0]

    await manager.go("/orders/all/")
    await manager.fill(Search=order.split("/")[2][:8])
    await manager.press("Show")
    assert await manager.tab.page.locator(f'main a[href="{order}"]').count() == 1
    await manager.go(order)
    await manager.press("Mark as paid")
    await manager.sees(manager.say("Paid"))
    await manager.go(f"{order}cancel/")
    await manager.fill(Reason="Чай разбился")
    await manager.press("Cancel the order")
    await buyer.go(order)
    await buyer.sees("Чай разбился")

    await manager.go(f"/products/manage/?q={word}")
    await manager.tab.page.get_by_role("checkbox").check()
    await manager.press("Switch the chosen off")
    await manager.sees(manager.say("Switched off"))
    await buyer.tab.open(f"/products/{number}/", status=404)
