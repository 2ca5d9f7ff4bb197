"""Nothing is kept for ever but what has to be, and what protects somebody is kept long enough."""

import asyncio
from datetime import timedelta

import asyncpg
import httpx2
import pytest

from auth_service import cli, retention
from auth_service.audit.service import Event
from auth_service.models import AuditEvent, Confirmation, OutboxEmail, RefreshToken, Session, User
from auth_service.tests.conftest import auth_settings, refresh, register, sign_in
from shared import clock as shared_clock
from testing.clock import MovableClock
from testing.database import ServiceDatabase

SETTINGS = auth_settings("postgres://auth@localhost/auth")
DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("app")


async def forget(name: str) -> int:
    return await retention.rules(SETTINGS)[name]()


async def some_sessions(count: int, **fields: object) -> None:
    """Add sessions of one person with a refresh token each."""
    user = await User.first()
    assert user is not None
    later = shared_clock.now() + 365 * DAY
    rows = [Session(**{"user_id": user.id, "expires_at": later, **fields}) for _ in range(count)]
    await Session.bulk_create(rows)
    tokens = [RefreshToken(digest=str(row.id), session_id=row.id, generation=1) for row in rows]
    await RefreshToken.bulk_create(tokens)


async def test_sessions_go_with_their_tokens_once_they_are_over_for_long(
    client: httpx2.AsyncClient,
) -> None:
    await register(client)
    pair = await sign_in(client)
    now = shared_clock.now()
    await some_sessions(120, ended_at=now - 91 * DAY)
    await some_sessions(3, ended_at=now - 89 * DAY)
    await some_sessions(2, last_used_at=now - 105 * DAY)
    await some_sessions(4, last_used_at=now - 103 * DAY)

    assert await forget("sessions") == 122

    assert await Session.all().count() == await RefreshToken.all().count() == 3 + 4 + 1
    assert (await refresh(client, pair["refresh_token"])).status_code == 200


async def test_a_used_refresh_token_is_forgotten_and_the_session_goes_on(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    first = await sign_in(client)
    second = (await refresh(client, first["refresh_token"])).json()
    for _ in range(3):
        clock.advance(11 * DAY)
        second = (await refresh(client, second["refresh_token"])).json()

    assert await forget("refresh-tokens") == 1

    assert (await refresh(client, first["refresh_token"])).status_code == 401
    assert (await refresh(client, second["refresh_token"])).status_code == 200


async def test_events_go_after_a_year_in_batches() -> None:
    now = shared_clock.now()
    old = [AuditEvent(event="x", succeeded=True, at=now - 366 * DAY) for _ in range(1_201)]
    await AuditEvent.bulk_create(old)
    await AuditEvent.create(event="y", succeeded=True, at=now - 364 * DAY)

    assert await forget("audit") == 1_201

    assert [row.event for row in await AuditEvent.all()] == ["y"]


async def test_whoever_has_the_runtime_role_cannot_remove_what_happened_lately(
    database: ServiceDatabase,
) -> None:
    now = shared_clock.now()
    for days in (0, 29, 31):
        await AuditEvent.create(event=str(days), succeeded=True, at=now - days * DAY)
    connection = await asyncpg.connect(database.runtime_url)
    try:
        assert await connection.fetchval("SELECT forget_audit_events(now(), 1000)") == 1
    finally:
        await connection.close()
    assert sorted([row.event for row in await AuditEvent.all()]) == ["0", "29"]


async def test_confirmations_and_what_is_known_of_emails_go(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    await OutboxEmail.all().update(
        sent_at=shared_clock.now(), next_try_at=None, sealed_content=None
    )

    assert [await forget("confirmations"), await forget("emails")] == [0, 0]
    clock.advance(timedelta(hours=25))
    assert [await forget("confirmations"), await forget("emails")] == [1, 0]
    clock.advance(30 * DAY)
    assert await forget("emails") == 1
    assert not await Confirmation.exists()
    assert not await OutboxEmail.exists()


async def test_an_ended_session_is_announced_to_gateways_whatever_is_purged(
    client: httpx2.AsyncClient, clock: MovableClock
) -> None:
    await register(client)
    await sign_in(client)
    await Session.all().update(ended_at=shared_clock.now())
    shortest = SETTINGS.model_copy(update={"session_retention": 2 * DAY})
    clock.advance(DAY + timedelta(minutes=2))  # no token lives longer

    for rule in retention.rules(shortest).values():
        await rule()

    assert await Session.all().count() == 1


@pytest.mark.parametrize(
    ("name", "too_short"),
    [("session", "P1D"), ("refresh_token", "PT23H"), ("audit", "P29D"), ("email", "PT1H")],
)
def test_a_retention_that_protects_nobody_stops_the_start(name: str, too_short: str) -> None:
    with pytest.raises(ValueError, match=f"{name}_retention"):
        auth_settings("postgres://auth@localhost/auth", **{f"{name}_retention": too_short})


class TestCommand:
    @pytest.fixture(autouse=True)
    def _environment(self, environment: pytest.MonkeyPatch) -> None: ...

    async def run(self, *arguments: str) -> int:
        return await asyncio.to_thread(cli.main, ["purge", *arguments])

    async def test_it_removes_everything_that_is_too_old(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        at = shared_clock.now() - 400 * DAY
        await AuditEvent.create(event=Event.SIGNED_IN.value, succeeded=True, at=at)

        assert await self.run() == 0

        out = capsys.readouterr().out
        assert "auth: audit: 1 removed\n" in out
        assert len(out.splitlines()) == len(retention.NAMES)

    async def test_it_removes_what_is_named(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert await self.run("emails", "sessions") == 0
        assert capsys.readouterr().out.splitlines() == [
            "auth: sessions: 0 removed",
            "auth: emails: 0 removed",
        ]

    async def test_what_is_unknown_is_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert await self.run("letters") == 1
        assert "there is no letters to purge, only sessions, " in capsys.readouterr().err


async def test_every_rule_has_a_name() -> None:
    assert tuple(retention.rules(SETTINGS)) == retention.NAMES
