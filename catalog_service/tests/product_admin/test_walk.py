"""Whatever is done to the products, in whatever order: the one row has the truth of them."""

import asyncio
import random
from typing import Any

import httpx2
import pytest

from catalog_service.models import Product
from catalog_service.tests.conftest import PRODUCTS
from catalog_service.tests.product_admin.state import really_active, stored_state

pytestmark = pytest.mark.usefixtures("empty_tables")

SKUS = [None, "A", "B", "C"]
EXPECTED = {200, 201, 204, 404, 409}


class Walk:
    """Somebody who does at random what can be done."""

    def __init__(self, editor: httpx2.AsyncClient, seed: int) -> None:
        self._editor = editor
        self._random = random.Random(seed)

    async def step(self) -> httpx2.Response:
        one = f"{PRODUCTS}/{self._product()}"
        match self._random.randrange(6):
            case 0:
                return await self._editor.post(PRODUCTS, json=self._new())
            case 1:
                change = {"price": self._random.randrange(3), "sku": self._random.choice(SKUS)}
                return await self._editor.patch(one, json=change)
            case 2:
                return await self._editor.delete(one)
            case 3:
                return await self._editor.post(f"{one}/reactivate")
            case 4:
                return await self._editor.post(f"{PRODUCTS}/bulk", json=self._bulk())
            case _:
                return await self._import()

    async def _import(self) -> httpx2.Response:
        lines = [f"Tea,{self._random.randrange(3)},{sku},{self._truth()}" for sku in "ABCD"]
        return await self._editor.post(
            f"{PRODUCTS}/import",
            content="\n".join(["name,price,sku,is_active", *lines]),
            headers={"Content-Type": "text/csv"},
        )

    def _bulk(self) -> dict[str, Any]:
        first, second, third = self._random.sample(range(1, 9), 3)
        return {
            "create": [self._new()],
            "change": [{"id": first, "price": self._random.randrange(3)}],
            "deactivate": [second],
            "reactivate": [third],
        }

    def _new(self) -> dict[str, Any]:
        sku = self._random.choice(SKUS)
        return {"name": "Tea", "price": 1, "sku": sku, "is_active": self._truth() == "true"}

    def _truth(self) -> str:
        return self._random.choice(["true", "false"])

    def _product(self) -> int:
        return self._random.randrange(1, 9)


async def rows() -> list[dict[str, Any]]:
    return await Product.all().order_by("id").values()


@pytest.mark.parametrize("seed", range(3))
async def test_each_step_that_changes_something_is_a_new_revision(
    editor: httpx2.AsyncClient, seed: int
) -> None:
    walk = Walk(editor, seed)
    before, state = await rows(), await stored_state()
    for _ in range(40):
        answer = await walk.step()

        after, now = await rows(), await stored_state()
        assert answer.status_code in EXPECTED, answer.text
        assert now.revision == state.revision + (after != before)
        assert now.active_products == await really_active()
        before, state = after, now


@pytest.mark.parametrize("seed", range(2))
async def test_many_leave_the_count_right(editor: httpx2.AsyncClient, seed: int) -> None:
    walk = Walk(editor, seed)
    for _ in range(6):
        answers = await asyncio.gather(*(asyncio.create_task(walk.step()) for _ in range(10)))

        assert {answer.status_code for answer in answers} <= EXPECTED
        assert (await stored_state()).active_products == await really_active()
