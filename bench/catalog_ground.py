"""What every measurement of the catalog stands on: a full shop."""

from pydantic import SecretStr

from catalog_service.orm import APP
from catalog_service.tests.products.filling import fill
from shared.bootstrap import prepare_database
from shared.migrate import migrate
from shared.testing.database import new_database


async def filled_database(admin: str, products: int) -> str:
    """Make a database of so many products; return the URL that the service uses."""
    database = new_database(admin, APP)
    await prepare_database(admin, owner_url=database.owner_url, runtime_url=database.runtime_url)
    await migrate(SecretStr(database.owner_url), app=APP)
    await fill(database.owner_url, products)
    return database.runtime_url
