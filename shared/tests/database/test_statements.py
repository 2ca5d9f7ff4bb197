"""A statement is written once, and each value goes to the slot with its name."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from pydantic import SecretStr
from tortoise import fields
from tortoise.models import Model
from tortoise.transactions import in_transaction

from shared.database.bootstrap import prepare_database
from shared.database.connection import connected, tortoise_config
from shared.database.statements import Slot, Statement, build
from testing.database import new_database


class Tea(Model):
    """What the statements of these tests are about."""

    id = fields.IntField(primary_key=True)
    name = fields.TextField()
    price = fields.IntField()

    class Meta:
        table = "teas"


@pytest.fixture
async def teas(postgres_url: str) -> AsyncIterator[None]:
    database = new_database(postgres_url, "teas")
    await prepare_database(
        postgres_url, owner_url=database.owner_url, runtime_url=database.runtime_url
    )
    connection = await asyncpg.connect(database.owner_url)
    await connection.execute("CREATE TABLE teas (id serial PRIMARY KEY, name text, price int)")
    await connection.close()
    url = SecretStr(database.owner_url)
    async with connected(tortoise_config(url, app="teas", models=[__name__])):
        await Tea.bulk_create(Tea(name=f"Tea {price}", price=price) for price in range(10))
        yield
    await database.drop()


def names(rows: object) -> list[str]:
    return [row["name"] for row in rows]  # type: ignore[attr-defined]


async def test_each_value_goes_to_the_slot_with_its_name(teas: None) -> None:
    between = Statement(
        lambda: (
            Tea.filter(price__gt=Slot("above"), price__lt=Slot("below"))
            .order_by("price")
            .values("name")
        )
    )

    assert names(await between.rows(below=4, above=1)) == ["Tea 2", "Tea 3"]
    assert names(await between.rows(above=7, below=9)) == ["Tea 8"]
    with pytest.raises(KeyError):
        await between.rows(above=1)


async def test_an_update_says_how_many_rows_it_changed(teas: None) -> None:
    rename = Statement(
        lambda: Tea.filter(price=Slot("price"), name=Slot("before")).update(name=Slot("after"))
    )

    assert await rename.changed(price=1, before="Tea 1", after="'; DROP TABLE teas; --") == 1
    assert await rename.changed(price=1, before="Tea 1", after="Tea") == 0
    assert (await Tea.get(price=1)).name == "'; DROP TABLE teas; --"


async def test_it_is_written_once_and_only_when_it_is_needed(teas: None) -> None:
    built = 0

    def build_it() -> object:
        nonlocal built
        built += 1
        return build(Tea.all().order_by("price"), "name").offset(Slot("first")).limit(Slot("most"))

    page = Statement(build_it)  # type: ignore[arg-type]
    assert built == 0

    assert names(await page.rows(first=0, most=1)) == ["Tea 0"]
    assert names(await page.rows(first=8, most=9)) == ["Tea 8", "Tea 9"]
    assert built == 1
    assert page.text.count("$") == 2


async def test_it_runs_in_the_transaction_that_is_open(teas: None) -> None:
    raise_price = Statement(lambda: Tea.filter(id=Slot("id")).update(price=Slot("price")))
    lock = Statement(lambda: Tea.filter(id=Slot("id")).select_for_update())
    tea = await Tea.get(price=3)

    with pytest.raises(ZeroDivisionError):
        async with in_transaction():
            [row] = await lock.rows(id=tea.id)
            assert await raise_price.changed(id=row["id"], price=99) == 1
            raise ZeroDivisionError

    assert (await Tea.get(id=tea.id)).price == 3
