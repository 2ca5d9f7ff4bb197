"""How Tortoise reaches the database of browser sessions."""

from typing import Any

from shared.database.connection import tortoise_config
from web_service.settings import WebSettings

APP = "web"
MODELS = ["web_service.models"]


def orm_config(settings: WebSettings) -> dict[str, Any]:
    """Return the Tortoise configuration for the role that the service runs as."""
    return tortoise_config(
        settings.database_url,
        app=APP,
        models=MODELS,
        pool_size=settings.database_pool_size,
        statement_timeout=settings.statement_timeout,
    )
