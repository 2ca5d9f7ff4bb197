"""What every measurement of the catalog stands on: a full shop."""

from pydantic import SecretStr

from catalog_service.orm import APP
from shared.database.bootstrap import prepare_database
from shared.migrating.run import migrate
from testing.catalog_filling import fill
from testing.database import ServiceDatabase, new_database


async def filled_database(admin: str, products: int) -> str:
    """Make a database of so many products; return the URL that the service uses."""
    return (await new_filled_database(admin, products)).runtime_url


async def new_filled_database(admin: str, products: int) -> ServiceDatabase:
    """Make a database of so many products; return all its URLs."""
    database = new_database(admin, APP)
    await prepare_database(admin, owner_url=database.owner_url, runtime_url=database.runtime_url)
    await migrate(SecretStr(database.owner_url), app=APP)
    await fill(database.owner_url, products)
    return database
