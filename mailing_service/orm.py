"""How Tortoise reaches the mailing service's database."""

from typing import Any

from mailing_service.models import MODULES
from mailing_service.settings import MailingSettings
from shared.database.connection import tortoise_config

APP = "mailing"
MODELS = MODULES

SESSION = {
    # What a search or a filter asks for decides how it is best answered: plan each for itself.
    "plan_cache_mode": "force_custom_plan",
    "jit": "off",
}


def orm_config(settings: MailingSettings) -> dict[str, Any]:
    """Return the Tortoise configuration for the role that the service runs as."""
    return tortoise_config(
        settings.database_url,
        app=APP,
        models=MODELS,
        pool_size=settings.database_pool_size,
        statement_timeout=settings.statement_timeout,
        server_settings=SESSION,
    )
