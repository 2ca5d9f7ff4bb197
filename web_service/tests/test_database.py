"""The database of browser sessions fits the models, and the runtime role cannot change it."""

from pydantic import SecretStr

from shared.migrating.run import draft
from testing.database import ServiceDatabase
from testing.schema import assert_schema_fits_models
from web_service.models import BrowserSession, KeptForm, TokenRevocation
from web_service.orm import APP, MODELS


async def test_the_models_have_not_changed_since_the_newest_migration() -> None:
    nobody = SecretStr("postgres://nobody@localhost/none")
    assert not await draft(nobody, app=APP, models=MODELS, name="drift")


async def test_the_tables_are_what_the_models_say(database: ServiceDatabase) -> None:
    await assert_schema_fits_models(database, [BrowserSession, KeptForm, TokenRevocation], app=APP)
