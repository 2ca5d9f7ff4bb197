"""The shop's staff sees who placed an order, nobody else does; a deleted account has no name."""

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from tortoise.transactions import in_transaction

from catalog_service import models
from catalog_service.buyers import service
from catalog_service.models import Cart, CartLine, Product
from catalog_service.tests.buyers import ORDERS, Buyer
from shared.account_feed.batches import AccountState, Batch

pytestmark = pytest.mark.usefixtures("empty_tables")


def account(user_id: UUID, name: str = "", *, is_erased: bool = False) -> AccountState:
    return AccountState(
        id=user_id,
        is_erased=is_erased,
        full_name=name,
        email=None,
        is_email_verified=False,
        is_active=not is_erased,
        roles=(),
        language="en",
        time_zone="UTC",
    )


async def apply(*accounts: AccountState, copy: int = 1, completes_copy: bool = False) -> None:
    async with in_transaction():
        await service.apply(Batch(accounts, copy, completes_copy))


@pytest.fixture
async def tea() -> Product:
    return await Product.create(name="Tea", price=100)


async def test_the_staff_sees_the_name_and_the_buyer_does_not(
    anna: Buyer, manager: Buyer, tea: Product
) -> None:
    await apply(account(anna.user_id, "Анна"))
    order = await anna.ordered((tea, 1))
    path = f"{ORDERS}/{order['id']}"

    listed = (await manager.get(ORDERS, everyone=True)).json()["items"]
    assert [row["buyer_name"] for row in listed] == ["Анна"]
    assert (await manager.get(path)).json()["buyer_name"] == "Анна"
    assert (await manager.move(order, "pay")).json()["buyer_name"] == "Анна"
    for own in (order, (await anna.get(path)).json(), (await anna.get(ORDERS)).json()["items"][0]):
        assert own["buyer_name"] is None


async def test_a_name_that_has_not_come_yet_is_null(
    anna: Buyer, manager: Buyer, tea: Product
) -> None:
    await anna.ordered((tea, 1))

    listed = (await manager.get(ORDERS, everyone=True)).json()["items"]

    assert [row["buyer_name"] for row in listed] == [None]


async def test_a_new_name_counts_for_old_orders(anna: Buyer, manager: Buyer, tea: Product) -> None:
    await apply(account(anna.user_id, "Анна"))
    await anna.ordered((tea, 1))
    await apply(account(anna.user_id, "Анна Каренина"))

    [row] = (await manager.get(ORDERS, everyone=True)).json()["items"]

    assert row["buyer_name"] == "Анна Каренина"


async def test_an_erased_account_has_no_name_and_no_cart_and_its_orders_stay(
    anna: Buyer, boris: Buyer, manager: Buyer, tea: Product
) -> None:
    await apply(account(anna.user_id, "Анна"), account(boris.user_id, "Борис"))
    await anna.ordered((tea, 1))
    await anna.add((tea, 2))
    await boris.add((tea, 3))

    await apply(account(anna.user_id, is_erased=True))

    [row] = (await manager.get(ORDERS, everyone=True)).json()["items"]
    assert (row["user_id"], row["buyer_name"]) == (str(anna.user_id), None)
    assert await Cart.all().values_list("user_id", flat=True) == [boris.user_id]
    assert await CartLine.all().count() == 1


async def test_who_is_not_in_a_whole_copy_is_erased(
    anna: Buyer, boris: Buyer, tea: Product
) -> None:
    await apply(account(anna.user_id, "Анна"), account(boris.user_id, "Борис"))
    await anna.add((tea, 1))
    await boris.add((tea, 1))

    await apply(account(boris.user_id, "Борис"), copy=2)
    assert await service.names_of([anna.user_id]) == {anna.user_id: "Анна"}
    await apply(copy=2, completes_copy=True)

    assert await service.names_of([anna.user_id, boris.user_id]) == {boris.user_id: "Борис"}
    assert await Cart.all().values_list("user_id", flat=True) == [boris.user_id]


async def test_the_same_batch_again_changes_nothing(app: FastAPI) -> None:
    del app
    batch = [account(uuid4(), "A"), account(uuid4(), is_erased=True)]
    await apply(*batch)
    known = await models.Buyer.all().order_by("id").values()

    await apply(*batch)

    assert await models.Buyer.all().order_by("id").values() == known


async def test_the_names_of_a_page_are_one_query(
    anna: Buyer, boris: Buyer, manager: Buyer, tea: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[set[UUID]] = []

    async def names_of(ids: Iterable[UUID]) -> Mapping[UUID, str]:
        asked.append(set(ids))
        return {}

    monkeypatch.setattr("catalog_service.orders.service.names_of", names_of)
    for buyer in (anna, boris, anna):
        await buyer.ordered((tea, 1))

    await manager.get(ORDERS, everyone=True)
    await anna.get(ORDERS)

    assert asked == [{anna.user_id, boris.user_id}]
