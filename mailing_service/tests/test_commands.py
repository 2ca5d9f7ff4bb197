"""The commands that start and stop mailings."""

import pytest

from mailing_service.blog import revision
from mailing_service.commands import caches, sending
from mailing_service.models.accounts import AccountPosition
from mailing_service.models.sending import SendingState
from mailing_service.settings import MailingSettings
from shared import clock
from shared.commands.layout import CommandFailed
from testing.database import ServiceDatabase
from testing.mailing.processes import SECRETS
from testing.mailing.runs import orm

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture
def settings(database: ServiceDatabase) -> MailingSettings:
    """What a command reads from the environment."""
    return MailingSettings.model_validate(
        {
            "database_url": database.runtime_url,
            "secrets": SECRETS,
            "internal_secrets": SECRETS,
        }
    )


async def test_hold_and_release_say_what_they_did(
    settings: MailingSettings, database: ServiceDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    await sending.hold(settings)
    async with orm(database.runtime_url):
        assert await SendingState.filter(held_at__not_isnull=True).exists()
    await sending.release(settings)
    await sending.release(settings)

    assert capsys.readouterr().out.splitlines() == [
        "Nothing is sent any more; paused 0. `release` lets workers send again.",
        "Workers may send again.",
        "Nothing was held.",
    ]


async def test_clear_cache_raises_the_revision(
    settings: MailingSettings, database: ServiceDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []
    for _ in range(3):
        async with orm(database.runtime_url):
            seen.append(await revision.current())
        await caches.clear_cache(settings)
    assert len(set(seen)) == 3
    assert capsys.readouterr().out.startswith("The counts are dropped; gateways")


async def test_tick_says_that_it_may_start_nothing(
    settings: MailingSettings, database: ServiceDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandFailed, match="no recent news of accounts"):
        await sending.tick_once(settings)
    async with orm(database.runtime_url):
        now = clock.now()
        await AccountPosition.update_or_create({"copied_at": now, "news_at": now}, id=1)
    await sending.tick_once(settings)

    assert capsys.readouterr().out == "Everything that is due is done.\n"
