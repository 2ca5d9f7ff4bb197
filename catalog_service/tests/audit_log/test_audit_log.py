"""The audit log of the catalog, as administrators read it."""

import csv
import io
import json
from datetime import timedelta
from uuid import UUID, uuid4

import httpx2
import pytest

from catalog_service.audit.service import CatalogEvent, event_of, forget_old, record, record_all
from catalog_service.models import AuditEvent, Product
from catalog_service.models import Buyer as Account
from catalog_service.tests.buyers import Buyer
from catalog_service.tests.conftest import PRODUCTS, UNAUTHORIZED
from shared import clock

pytestmark = pytest.mark.usefixtures("empty_tables")
AUDIT = "/api/v1/catalog-audit"
EXPORT = f"{AUDIT}/export"
DAY = timedelta(days=1)


def changed(product: int, *, actor_id: UUID | None = None) -> AuditEvent:
    return event_of(CatalogEvent.PRODUCT_CHANGED, actor_id=actor_id, product_id=product)


async def test_it_is_for_administrators(
    stranger: httpx2.AsyncClient, anna: Buyer, manager: Buyer
) -> None:
    for path in (AUDIT, EXPORT):
        anonymous = await stranger.get(path)
        assert (anonymous.status_code, anonymous.content) == (401, UNAUTHORIZED)
        for person in (anna, manager):
            assert (await person.get(path)).status_code == 403
    assert not await AuditEvent.exists()


async def test_it_says_who_did_what_to_which_product(admin: Buyer, manager: Buyer) -> None:
    await Account.create(id=manager.user_id, full_name="Мария", copy_number=1)
    tea = {"name": "Чай", "price": 100}
    product = (await manager.client.post(PRODUCTS, json=tea)).json()["id"]
    await manager.client.patch(f"{PRODUCTS}/{product}", json={"name": "Чай новый"})

    newest, oldest = (await admin.get(AUDIT)).json()["items"]

    assert newest.pop("id") > oldest["id"]
    assert newest.pop("at").endswith("Z")
    assert newest.pop("request_id")
    assert newest == {
        "event": "product_changed",
        "actor_id": str(manager.user_id),
        "actor_name": "Мария",
        "product_id": product,
        "product_name": "Чай новый",
        "order_id": None,
        "details": {"name": {"before": "Чай", "after": "Чай новый"}},
    }
    assert (oldest["event"], oldest["details"]) == ("product_added", tea)


async def test_who_is_erased_has_no_name_and_commands_have_none(admin: Buyer) -> None:
    gone = await Account.create(id=uuid4(), full_name="", copy_number=1)
    await record(changed(1, actor_id=gone.id), changed(2))

    items = (await admin.get(AUDIT)).json()["items"]

    assert [(one["actor_id"], one["actor_name"]) for one in items] == [
        (None, None),
        (str(gone.id), None),
    ]
    assert {one["product_name"] for one in items} == {None}, "there are no such products"


async def test_reading_it_is_an_event(admin: Buyer) -> None:
    await admin.get(AUDIT)
    await admin.get(EXPORT)

    items = (await admin.get(AUDIT)).json()["items"]

    assert [one["details"]["how"] for one in items] == ["export", "page"]
    assert {(one["event"], one["actor_id"]) for one in items} == {
        ("audit_read", str(admin.user_id))
    }


async def test_it_is_filtered_and_walked_by_cursors(admin: Buyer, manager: Buyer) -> None:
    order = uuid4()
    mine = manager.user_id
    await record(*(changed(7, actor_id=mine) for _ in range(3)), changed(8, actor_id=mine))
    await record(event_of(CatalogEvent.ORDER_PAID, actor_id=mine, order_id=order), changed(7))

    async def seen(**query: object) -> list[int]:
        found = []
        page = (await admin.get(AUDIT, size=2, **query)).json()
        found += page["items"]
        while page["next_cursor"]:
            page = (await admin.get(AUDIT, size=2, cursor=page["next_cursor"], **query)).json()
            found += page["items"]
        ids = [one["id"] for one in found]
        assert ids == sorted(ids, reverse=True)
        return ids

    assert len(await seen(product_id=7)) == 4
    assert len(await seen(product_id=7, actor_id=str(mine))) == 3
    assert len(await seen(actor_id=str(mine))) == 5
    assert len(await seen(event="product_changed", actor_id=str(mine))) == 4
    assert len(await seen(order_id=str(order))) == 1
    assert len(await seen(event="product_changed")) == 5
    assert await seen(to="2000-01-01T00:00:00Z") == []
    assert await seen(**{"from": "2199-01-01T00:00:00Z"}) == []


@pytest.mark.parametrize(
    "query",
    [
        *("event=sold", "product_id=0", "product_id=x", "order_id=7", "actor_id=7", "from=2026"),
        *("x=1", "cursor=a", "page=0", "size=101", "owner_id=7", "q=tea"),
    ],
)
async def test_a_filter_that_makes_no_sense_is_a_422(admin: Buyer, query: str) -> None:
    assert (await admin.client.get(f"{AUDIT}?{query}")).status_code == 422
    assert not await AuditEvent.exists()


async def test_a_cursor_is_good_for_its_own_list_alone(admin: Buyer) -> None:
    await record(*(changed(7) for _ in range(3)))
    await Product.create(name="A", price=1)
    await Product.create(name="B", price=1)
    cursor = (await admin.get(AUDIT, size=1, product_id=7)).json()["next_cursor"]
    foreign = (await admin.get(PRODUCTS, size=1)).json()["next_cursor"]

    for query in ({"cursor": cursor}, {"cursor": foreign}, {"cursor": cursor, "product_id": 8}):
        assert (await admin.get(AUDIT, **query)).status_code == 422, query


async def test_the_export_has_a_line_for_each_event_the_oldest_first(admin: Buyer) -> None:
    await record_all(changed(number) for number in range(1, 1203))

    response = await admin.get(EXPORT, event="product_changed")

    lines = [json.loads(line) for line in response.text.splitlines()]
    assert response.headers["content-type"] == "application/x-ndjson"
    assert [line["product_id"] for line in lines] == list(range(1, 1203))


async def test_as_csv_it_has_names_and_no_formulas(admin: Buyer, manager: Buyer) -> None:
    await Account.create(id=manager.user_id, full_name="=1+1", copy_number=1)
    tea = await Product.create(name="@tea", price=1)
    await manager.client.patch(f"{PRODUCTS}/{tea.id}", json={"name": "-tea"})

    response = await admin.get(EXPORT, format="csv")

    assert response.headers["content-type"].partition(";")[0] == "text/csv"
    [row] = csv.DictReader(io.StringIO(response.text, newline=""))
    assert (row["actor_name"], row["product_name"]) == ("'=1+1", "'-tea")
    assert json.loads(row["details"]) == {"name": {"before": "@tea", "after": "-tea"}}
    assert (row["product_id"], row["order_id"]) == (str(tea.id), "")
    assert (await admin.get(EXPORT, format="xls")).status_code == 422


async def test_events_go_after_their_retention() -> None:
    for age in (366, 364):
        await AuditEvent.create(event="order_paid", at=clock.now() - age * DAY)

    assert await forget_old(365 * DAY) == 1
    assert await AuditEvent.all().count() == 1
