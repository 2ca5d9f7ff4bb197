"""The migrated schema against the models, what it refuses, and what each role may do with it."""

import asyncio
import shutil
from importlib import import_module
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from catalog_service import models
from catalog_service.orm import APP, MODELS
from shared.database.bootstrap import prepare_database
from shared.migrating.run import draft, migrate
from testing.database import ServiceDatabase, new_database
from testing.schema import assert_schema_fits_models

ALL = [
    models.Product,
    models.CatalogState,
    models.ProductStock,
    models.Cart,
    models.CartLine,
    models.Order,
    models.OrderLine,
    models.IdempotencyKey,
    models.Buyer,
    models.AccountPosition,
]
MIGRATIONS = Path(import_module("catalog_service").__path__[0]) / "migrations"


async def test_the_migrations_make_what_the_models_say(database: ServiceDatabase) -> None:
    await assert_schema_fits_models(database, ALL, app=APP)


async def test_the_models_have_not_changed_since_the_newest_migration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(MIGRATIONS, tmp_path / APP)
    monkeypatch.setattr("shared.migrating.run.LOCATION", str(tmp_path))

    nobody = SecretStr("postgres://nobody@localhost/none")
    assert not await draft(nobody, app=APP, models=MODELS, name="drift")


async def test_several_migrators_concurrently_apply_each_migration_once(postgres_url: str) -> None:
    fresh = new_database(postgres_url, APP)
    url = SecretStr(fresh.owner_url)
    await prepare_database(postgres_url, owner_url=fresh.owner_url, runtime_url=fresh.runtime_url)
    try:
        applied = await asyncio.gather(*(migrate(url, app=APP) for _ in range(4)))
    finally:
        await fresh.drop()

    names = sorted(path.name for path in MIGRATIONS.glob("[0-9]*.py"))
    assert sorted(applied, key=len) == [[], [], [], names]


@pytest.mark.usefixtures("empty_tables")
@pytest.mark.parametrize(
    ("name", "price", "constraint"),
    [
        ("Tea", -1, "product_price_not_negative"),
        ("", 1, "product_name_trimmed"),
        (" Tea", 1, "product_name_trimmed"),
    ],
)
async def test_the_database_itself_refuses_what_no_product_may_be(
    database: ServiceDatabase, name: str, price: int, constraint: str
) -> None:
    connection = await asyncpg.connect(database.runtime_url)
    try:
        with pytest.raises(asyncpg.CheckViolationError) as refusal:
            await connection.execute(
                "INSERT INTO product (name, searchable, price) VALUES ($1, 'tea', $2)", name, price
            )
    finally:
        await connection.close()

    assert refusal.value.constraint_name == constraint


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "ALTER TABLE product ADD COLUMN mine int",
        "DROP TABLE product",
        "TRUNCATE product",
    ],
)
async def test_the_runtime_role_cannot_change_the_schema(
    database: ServiceDatabase, statement: str
) -> None:
    connection = await asyncpg.connect(database.runtime_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_no_role_of_another_service_can_connect(
    postgres_url: str, database: ServiceDatabase
) -> None:
    other = new_database(postgres_url, "auth")
    await prepare_database(postgres_url, owner_url=other.owner_url, runtime_url=other.runtime_url)
    here = database.runtime_url.rpartition("/")[2]
    try:
        for url in (other.owner_url, other.runtime_url):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(f"{url.rpartition('/')[0]}/{here}")
    finally:
        await other.drop()
