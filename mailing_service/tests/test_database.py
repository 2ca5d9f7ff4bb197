"""The migrated schema against the models, and what it refuses."""

import shutil
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import SecretStr
from tortoise.models import Model

from mailing_service.models import MODULES
from mailing_service.orm import APP, MODELS
from shared.migrating.run import draft
from testing.database import ServiceDatabase
from testing.schema import assert_schema_fits_models

BY_HAND = frozenset(
    {
        "deliveries_address",
        "deliveries_leased",
        "recipient_words_beginning",
        "suppressions_once",
    }
)
"""Indexes with what no model can say: operator classes, and other conditions."""
MIGRATIONS = Path(import_module("mailing_service").__path__[0]) / "migrations"


def all_models() -> list[type[Model]]:
    """Return every model of the service."""
    return [
        value
        for module in MODULES
        for value in vars(import_module(module)).values()
        if isinstance(value, type) and issubclass(value, Model) and value.__module__ == module
    ]


async def test_the_migrations_make_what_the_models_say(database: ServiceDatabase) -> None:
    await assert_schema_fits_models(database, all_models(), app=APP, by_hand=BY_HAND)


async def test_the_models_have_not_changed_since_the_newest_migration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(MIGRATIONS, tmp_path / APP)
    monkeypatch.setattr("shared.migrating.run.LOCATION", str(tmp_path))

    nobody = SecretStr("postgres://nobody@localhost/none")
    assert not await draft(nobody, app=APP, models=MODELS, name="drift")
