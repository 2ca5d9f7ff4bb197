"""A service that follows accounts, on a database of its own, and an auth of scripted pages."""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from tortoise.context import TortoiseContext

from shared.account_feed.batches import AccountState, Batch, FeedPage
from shared.account_feed.reading import FeedUnavailable
from shared.account_feed.settings import AccountFeedSettings
from shared.database.bootstrap import prepare_database
from shared.database.connection import connected, tortoise_config
from shared.tests.account_feed.models import Known
from testing.clock import MovableClock, movable_clock
from testing.database import ServiceDatabase, new_database

MODELS = ["shared.tests.account_feed.models"]
SECRET = "a secret of the tests, which is long enough"


def feed_settings(**changes: object) -> AccountFeedSettings:
    return AccountFeedSettings.model_validate({"internal_secrets": [SECRET, "x" * 32], **changes})


def account(id_: UUID | None = None, name: str = "A", *, is_erased: bool = False) -> AccountState:
    return AccountState(
        id=id_ or uuid4(),
        is_erased=is_erased,
        full_name="" if is_erased else name,
        email=None,
        is_email_verified=False,
        is_active=not is_erased,
        roles=("user",),
        language="en",
        time_zone="UTC",
    )


class FakeAuth:
    """Answers with the pages that a test has put there, by their cursors; then with nothing new."""

    url = "http://auth/internal/accounts"

    def __init__(self) -> None:
        self.pages: dict[str, FeedPage] = {}
        self.asked: list[str] = []
        self.is_away_after: str | None = None
        self.is_away = False

    def answers(
        self,
        after: str,
        *accounts: AccountState,
        cursor: str,
        more: bool = False,
        restarts: bool = False,
    ) -> None:
        self.pages[after] = FeedPage(
            cursor=cursor, restarts=restarts, complete=not more, accounts=accounts
        )

    async def read(self, cursor: str) -> FeedPage:
        self.asked.append(cursor)
        if self.is_away or cursor == self.is_away_after:
            raise FeedUnavailable("status 503")
        nothing = FeedPage(cursor=cursor, restarts=False, complete=True, accounts=())
        return self.pages.get(cursor, nothing)


async def apply(batch: Batch) -> None:
    """Write what came, and remove what a copy did not bring."""
    ids = [one.id for one in batch.accounts]
    await Known.filter(id__in=ids).delete()
    await Known.bulk_create(
        Known(id=one.id, full_name=one.full_name, copy_number=batch.copy_number)
        for one in batch.accounts
        if not one.is_erased
    )
    if batch.completes_copy:
        await Known.exclude(copy_number=batch.copy_number).delete()


async def names() -> dict[UUID, str]:
    """Return what the service knows."""
    return dict(await Known.all().values_list("id", "full_name"))


@pytest.fixture(scope="package")
async def database(postgres_url: str) -> AsyncIterator[ServiceDatabase]:
    database = new_database(postgres_url, "follower")
    await prepare_database(
        postgres_url, owner_url=database.owner_url, runtime_url=database.runtime_url
    )
    async with TortoiseContext() as context:
        url = SecretStr(database.owner_url)
        await context.init(config=tortoise_config(url, app="follower", models=MODELS))
        await context.generate_schemas(safe=False)
    yield database
    await database.drop()


@pytest.fixture(autouse=True)
async def service(database: ServiceDatabase) -> AsyncIterator[None]:
    url = SecretStr(database.runtime_url)
    async with connected(tortoise_config(url, app="follower", models=MODELS)):
        yield
    await database.empty()


@pytest.fixture
def auth() -> FakeAuth:
    return FakeAuth()


@pytest.fixture
def clock() -> Iterator[MovableClock]:
    with movable_clock() as clock:
        yield clock
