"""How Tortoise reaches the catalog's database."""

from typing import Any

from catalog_service.settings import CatalogSettings
from shared.database.connection import connect_arguments, tortoise_config
from shared.settings import DatabaseUrl

APP = "catalog"
MODELS = ["catalog_service.models"]


SESSION = {
    # What a search or a filter asks for decides how it is best answered: plan each for itself.
    "plan_cache_mode": "force_custom_plan",
    "jit": "off",
    # Everything here has an index; to read a whole table looks cheap only while it is small.
    "enable_seqscan": "off",
}


def orm_config(settings: CatalogSettings) -> dict[str, Any]:
    """Return the Tortoise configuration for the role that the service runs as."""
    return tortoise_config(
        settings.database_url,
        app=APP,
        models=MODELS,
        pool_size=settings.database_pool_size,
        statement_timeout=settings.statement_timeout,
        server_settings=SESSION,
    )


def replica_arguments(settings: CatalogSettings, url: DatabaseUrl) -> dict[str, Any]:
    """Return asyncpg's arguments for the same role and session at a replica."""
    return connect_arguments(
        url, app=APP, statement_timeout=settings.statement_timeout, server_settings=SESSION
    )
