"""What every command needs: the database of this task, a hasher, an outbox, people by name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from auth_service import orm
from auth_service.accounts.lookup import find_by_login
from auth_service.crypto.passwords import Argon2Parameters, PasswordHasher
from auth_service.errors import NoSuchUser
from auth_service.mail.outbox import Outbox
from auth_service.models import User
from auth_service.settings import AuthSettings
from shared.database.connection import connected_here, tortoise_config
from shared.secret_box import SecretBox


@asynccontextmanager
async def database(settings: AuthSettings) -> AsyncIterator[None]:
    """Reach the database as the running service does, with one connection.

    Every statement is planned anew: a plan kept for thousands of batches of one transaction was
    made for a table that the statistics still called empty, and read all of it for each.
    """
    config = tortoise_config(settings.database_url, app=orm.APP, models=orm.MODELS, pool_size=1)
    config["connections"]["default"]["credentials"]["statement_cache_size"] = 0
    async with connected_here(config):
        yield


def hasher(settings: AuthSettings) -> PasswordHasher:
    """Return a hasher of the service's own cost."""
    parameters = Argon2Parameters(
        settings.argon2_memory_kib, settings.argon2_time_cost, settings.argon2_parallelism
    )
    return PasswordHasher(parameters, workers=1)


def outbox(settings: AuthSettings) -> Outbox:
    """Return the outbox that the running service empties."""
    return Outbox(SecretBox([secret.get_secret_value() for secret in settings.secrets]))


async def find_person(name: str) -> User:
    """Return whom an id, an email or a phone names; raises NoSuchUser."""
    user = await _by_id(name) or await find_by_login(name)
    if user is None or user.archived_at is not None:
        raise NoSuchUser
    return user


async def _by_id(name: str) -> User | None:
    try:
        return await User.get_or_none(id=UUID(name))
    except ValueError:
        return None
