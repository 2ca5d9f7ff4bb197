"""What the staff does is written down with it, once; what is refused or changes nothing is not."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from catalog_service.errors import ImportRefused
from catalog_service.models import AuditEvent, Order, Product, ProductStock
from catalog_service.product_admin import service
from catalog_service.product_admin.schemas import ProductCreate
from catalog_service.tests.buyers import Buyer, some_buyers, tracked
from catalog_service.tests.conftest import PRODUCTS
from catalog_service.tests.transfer.files import take, teas
from shared.transfer.rows import BadLine

pytestmark = pytest.mark.usefixtures("empty_tables")
BULK = f"{PRODUCTS}/bulk"
Written = tuple[str, int | None, dict[str, Any]]


async def written() -> list[Written]:
    """Return all events: what, which product, the details."""
    events = await AuditEvent.all().order_by("id")
    return [(event.event, event.product_id, event.details) for event in events]


def change(before: object, after: object) -> dict[str, object]:
    return {"before": before, "after": after}


async def test_a_product_from_its_beginning_to_its_return(manager: Buyer) -> None:
    tea = {"name": "Чай", "price": 100, "sku": "TEA-1"}
    product = (await manager.client.post(PRODUCTS, json=tea)).json()["id"]
    path = f"{PRODUCTS}/{product}"
    await manager.client.patch(path, json={"name": "Чай", "price": 120, "sku": None})
    await manager.client.delete(path)
    await manager.client.post(f"{path}/reactivate")

    assert await written() == [
        ("product_added", product, tea),
        ("product_changed", product, {"price": change(100, 120), "sku": change("TEA-1", None)}),
        ("product_deactivated", product, {}),
        ("product_reactivated", product, {}),
    ]
    events = await AuditEvent.all()
    assert {event.actor_id for event in events} == {manager.user_id}
    assert all(event.request_id for event in events)


async def test_what_changes_nothing_is_no_event(manager: Buyer) -> None:
    tea = await tracked("Tea", price=100, quantity=5)
    path = f"{PRODUCTS}/{tea.id}"
    await take(*teas(2))
    await AuditEvent.all().delete()

    for response in (
        await manager.client.patch(path, json={"price": 100}),
        await manager.client.patch(path, json={}),
        await manager.client.post(f"{path}/reactivate"),
        await manager.client.put(f"{path}/stock", json={"quantity": 5}),
        await manager.client.post(BULK, json={"reactivate": [tea.id]}),
    ):
        assert response.status_code == 200, response.text
    await take(*teas(2))

    assert await written() == []


async def test_what_is_refused_is_no_event(
    anna: Buyer, manager: Buyer, order: dict[str, Any]
) -> None:
    tea = await Product.create(name="Tea", price=100, sku="TEA")
    path = f"{PRODUCTS}/{tea.id}"
    other = await Product.create(name="Other", price=100)
    await Order.filter(id=order["id"]).update(status="cancelled")

    for status, response in (
        (403, await anna.client.patch(path, json={"price": 1})),
        (403, await anna.move(order, "pay")),
        (404, await manager.client.delete(f"{PRODUCTS}/{other.id + 1000}")),
        (404, await manager.client.put(f"{PRODUCTS}/77777/stock", json={"quantity": 1})),
        (404, await manager.client.delete(f"{PRODUCTS}/77777/stock")),
        (409, await manager.client.post(PRODUCTS, json={"name": "A", "price": 1, "sku": "TEA"})),
        (409, await manager.client.patch(f"{PRODUCTS}/{other.id}", json={"sku": "TEA"})),
        (412, await manager.client.patch(path, json={"price": 1}, headers={"If-Match": '"x"'})),
        (404, await manager.client.post(BULK, json={"deactivate": [tea.id, 77777]})),
        (409, await manager.move(order, "pay")),
        (409, await manager.move(order, "cancel")),
    ):
        assert response.status_code == status, response.text
    await take(*teas(3), dry_run=True)
    with pytest.raises(ImportRefused):
        await take(*teas(3), BadLine(4, "is odd"))

    assert await written() == []


async def test_an_act_that_fails_takes_its_event_along(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*, activated: int) -> None:
        raise ValueError(activated)

    monkeypatch.setattr(service, "raise_revision", fail)
    with pytest.raises(ValueError, match="1"):
        await service.create_product(ProductCreate(name="Tea", price=1), actor_id=None)

    assert not await Product.exists()
    assert await written() == []


async def test_of_a_bulk_each_product_has_its_event(manager: Buyer) -> None:
    await take(*teas(3))
    one, two, same = await Product.all().order_by("id")
    await AuditEvent.all().delete()
    body = {
        "create": [{"name": "New", "price": 9, "is_active": False}],
        "change": [{"id": one.id, "price": 7}, {"id": same.id, "price": 2}],
        "deactivate": [two.id],
    }
    answer = (await manager.client.post(BULK, json=body)).json()

    new = answer["created"][0]["id"]
    assert await written() == [
        ("product_added", new, {"name": "New", "price": 9, "is_active": False, "bulk": 3}),
        ("product_changed", one.id, {"price": change(0, 7), "bulk": 3}),
        ("product_deactivated", two.id, {"bulk": 3}),
    ]


async def test_stock_is_counted_changed_and_let_be(manager: Buyer) -> None:
    tea = await Product.create(name="Tea", price=1)
    path = f"{PRODUCTS}/{tea.id}/stock"
    for quantity in (5, 3):
        await manager.client.put(path, json={"quantity": quantity})
    for _ in range(2):
        assert (await manager.client.delete(path)).status_code == 204

    assert await written() == [
        ("stock_changed", tea.id, {"quantity": change(None, 5)}),
        ("stock_changed", tea.id, {"quantity": change(5, 3)}),
        ("stock_changed", tea.id, {"quantity": change(3, None)}),
    ]


async def test_an_import_is_one_event_with_its_counts(manager: Buyer) -> None:
    await take(*teas(2))
    body = "name,price,sku\nTea 0,9,TEA-0\nTea 1,1,TEA-1\nNew,5,NEW\n,5,BAD\n"
    headers = {"Content-Type": "text/csv"}
    sent = await manager.client.post(
        f"{PRODUCTS}/import?skip_errors=true", content=body, headers=headers
    )

    assert sent.status_code == 200, sent.text
    assert await written() == [
        ("products_imported", None, {"created": 2, "changed": 0, "unchanged": 0, "refused": 0}),
        ("products_imported", None, {"created": 1, "changed": 1, "unchanged": 1, "refused": 1}),
    ]
    by_command, by_manager = await AuditEvent.all().order_by("id")
    assert (by_command.actor_id, by_manager.actor_id) == (None, manager.user_id)


@pytest.fixture
async def order(anna: Buyer) -> dict[str, Any]:
    return await anna.ordered((await Product.create(name="Tea", price=10), 1))


async def test_orders_are_paid_and_cancelled_by_the_staff(
    manager: Buyer, order: dict[str, Any]
) -> None:
    await manager.move(order, "pay")
    await manager.move(order, "cancel", {"reason": "Anna asked for it"})

    paid, cancelled = await AuditEvent.all().order_by("id")
    assert (paid.event, paid.details) == ("order_paid", {"status": change("placed", "paid")})
    assert cancelled.event == "order_cancelled"
    assert cancelled.details == {"status": change("paid", "cancelled")}, "without the reason"
    assert {str(event.order_id) for event in (paid, cancelled)} == {order["id"]}
    assert {event.actor_id for event in (paid, cancelled)} == {manager.user_id}


async def test_what_buyers_do_themselves_is_no_event(anna: Buyer, order: dict[str, Any]) -> None:
    assert (await anna.move(order, "cancel")).status_code == 200
    assert await written() == []


@pytest.mark.parametrize("action", ["pay", "cancel"])
async def test_many_managers_move_one_order_and_one_event_says_who(
    app: FastAPI, order: dict[str, Any], action: str
) -> None:
    async with some_buyers(app, 8, "manager") as managers:
        responses = await asyncio.gather(*(each.move(order, action) for each in managers))
        done = [response.status_code == 200 for response in responses]

        [event] = await AuditEvent.all()
        assert done.count(True) == 1
        assert event.actor_id == managers[done.index(True)].user_id


async def test_paying_and_cancelling_at_the_same_moment_are_written_in_their_order(
    app: FastAPI, order: dict[str, Any]
) -> None:
    async with some_buyers(app, 2, "manager") as [payer, canceller]:
        await asyncio.gather(payer.move(order, "pay"), canceller.move(order, "cancel"))

    statuses = [event.details["status"] for event in await AuditEvent.all().order_by("id")]
    assert statuses in (
        [change("placed", "cancelled")],
        [change("placed", "paid"), change("paid", "cancelled")],
    )


@pytest.mark.parametrize("is_counted", [True, False])
async def test_of_changes_at_the_same_time_each_begins_where_another_ended(
    app: FastAPI, is_counted: bool
) -> None:
    tea = await Product.create(name="Tea", price=100)
    if is_counted:
        await ProductStock.create(product=tea, quantity=100)
    path = f"{PRODUCTS}/{tea.id}"
    async with some_buyers(app, 6, "manager") as managers:
        responses = await asyncio.gather(
            *(each.client.patch(path, json={"price": n}) for n, each in enumerate(managers)),
            *(
                each.client.put(f"{path}/stock", json={"quantity": n})
                for n, each in enumerate(managers)
            ),
        )
    assert {response.status_code for response in responses} == {200}

    for name, first in (("price", 100), ("quantity", 100 if is_counted else None)):
        events = await AuditEvent.filter(details__contains={name: {}}).order_by("id")
        steps = {each.details[name]["before"]: each.details[name]["after"] for each in events}
        assert len(steps) == len(events) == 6
        at, met = first, []
        while at in steps:
            at = steps.pop(at)
            met.append(at)
        assert sorted(met) == list(range(6))
