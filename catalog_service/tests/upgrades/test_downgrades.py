"""Each change of the catalog's schema can be taken back, and what is lost by it is told before."""

import pytest
from pydantic import SecretStr

from catalog_service.orm import APP
from shared.migrating.run import downgrade, migrate
from shared.migrating.steps import WouldLoseData
from testing.migrating import (
    assert_goes_up_and_down,
    empty_database,
    rows_of,
    run_statements,
    schema_of,
)

PRODUCTS = {0: "INSERT INTO product (name, price) VALUES ('Чёрный чай', 100), ('***', 0)"}
SHOP = """
    INSERT INTO product (name, searchable, price, sku) VALUES ('Tea', 'tea', 100, 'T-1');
    INSERT INTO product_stock (product_id, quantity) SELECT id, 5 FROM product;
    INSERT INTO cart VALUES ('00000000-0000-4000-8000-000000000001', now());
    INSERT INTO cart_line (cart_id, product_id, quantity, price_when_added, added_at)
        SELECT user_id, product.id, 2, 100, now() FROM cart, product;
    INSERT INTO customer_order VALUES ('00000000-0000-4000-8000-000000000002',
        '00000000-0000-4000-8000-000000000001', 'paid', 100, now(), now())
"""


async def test_each_step_goes_up_and_down_and_up_again(postgres_url: str) -> None:
    async with empty_database(postgres_url, APP) as database:
        await assert_goes_up_and_down(database, APP, PRODUCTS)


async def test_a_shop_at_work_keeps_everything_by_the_newer_steps(postgres_url: str) -> None:
    async with empty_database(postgres_url, APP) as database:
        await assert_goes_up_and_down(database, APP, {1: SHOP})


async def test_orders_stay_unless_they_are_given_up(postgres_url: str) -> None:
    async with empty_database(postgres_url, APP) as database:
        url = SecretStr(database.owner_url)
        await migrate(url, app=APP)
        await run_statements(database, SHOP)
        schema, rows = await schema_of(database), await rows_of(database)

        with pytest.raises(
            WouldLoseData,
            match=r"1 of cart_line, 1 of customer_order, 1 of product_stock, 1 of product\.",
        ):
            await downgrade(url, app=APP, to=0)
        assert (await schema_of(database), await rows_of(database)) == (schema, rows)

        await downgrade(url, app=APP, to=0, lose_data=True)
        assert {table: len(left) for table, left in (await rows_of(database)).items()} == {
            "product": 1
        }
