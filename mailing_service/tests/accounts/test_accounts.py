"""The service knows of people what auth knows, whatever comes late, twice or not at all."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from mailing_service.accounts import service
from mailing_service.following import account_feed
from mailing_service.models.accounts import Account, AccountPosition
from mailing_service.models.mailings import Mailing, Run
from mailing_service.settings import MailingSettings
from mailing_service.tests.accounts.scripted_auth import ScriptedAuth
from shared.account_feed.batches import AccountState, Batch
from shared.account_feed.feed import AccountFeed
from testing.clock import MovableClock
from testing.mailing.runs import running_run

pytestmark = pytest.mark.usefixtures("tables")

QUARTER = timedelta(minutes=15)


def new_feed() -> AccountFeed:
    """Return the feed of another process."""
    secrets = [SecretStr("s" * 40)]
    url = SecretStr("postgres://nobody@localhost/none")
    return account_feed(
        MailingSettings(database_url=url, secrets=secrets, internal_secrets=secrets)
    )


async def known() -> dict[UUID, tuple[str, str | None, bool]]:
    rows = await Account.filter(erased_at=None).values("id", "full_name", "email", "is_blocked")
    return {row["id"]: (row["full_name"], row["email"], row["is_blocked"]) for row in rows}


async def test_an_account_is_known_with_all_that_mailings_need(auth: ScriptedAuth) -> None:
    anna = auth.has(roles=("user", "admin", "a role of a newer auth"))

    await new_feed().follow(auth)

    account = await service.find(anna)
    assert account is not None
    assert (account.full_name, account.email) == ("Anna Karenina", "anna@example.com")
    assert (account.language, account.time_zone) == ("ru", "Europe/Moscow")
    assert account.roles == ["user", "admin", "a role of a newer auth"]
    assert await service.is_known(anna)
    assert not await service.is_known(uuid4())
    assert await service.find(uuid4()) is None


async def test_nothing_may_start_before_the_first_full_copy(auth: ScriptedAuth) -> None:
    auth.page_size = 2
    for _ in range(5):
        auth.has()
    feed, asked = new_feed(), 0
    read = auth.read

    async def read_twice(cursor: str) -> object:
        nonlocal asked
        asked += 1
        auth.is_away = asked > 2
        return await read(cursor)

    auth.read = read_twice  # type: ignore[method-assign,assignment]
    await feed.follow(auth)

    assert len(await known()) == 4
    assert not feed.is_current(QUARTER)
    asked, auth.is_away = -10, False
    await feed.follow(auth)
    assert len(await known()) == 5
    assert feed.is_current(QUARTER)


async def test_without_news_for_a_quarter_of_an_hour_nothing_may_start(
    auth: ScriptedAuth, clock: MovableClock
) -> None:
    auth.has()
    feed = new_feed()
    await feed.follow(auth)
    auth.is_away = True

    clock.advance(QUARTER)
    await feed.follow(auth)

    assert not feed.is_current(QUARTER - timedelta(seconds=1))
    auth.is_away = False
    await feed.follow(auth)
    assert feed.is_current(QUARTER)


async def test_a_blocked_person_is_not_known_until_unblocked(auth: ScriptedAuth) -> None:
    anna, feed = auth.has(), new_feed()
    await feed.follow(auth)

    auth.has(anna, is_active=False)
    await feed.follow(auth)
    assert not await service.is_known(anna)

    auth.has(anna, is_active=True)
    await feed.follow(auth)
    assert await service.is_known(anna)


async def test_only_who_is_newly_blocked_is_returned(auth: ScriptedAuth) -> None:
    batch = Batch([_state(auth, is_active=False), _state(auth)], 1, completes_copy=False)

    first = await service.write(batch)
    again = await service.write(batch)

    assert [*first.blocked] == [batch.accounts[0].id]
    assert ([*again.blocked], [*again.erased]) == ([], [])


async def test_an_erased_person_leaves_an_id(auth: ScriptedAuth) -> None:
    anna, boris, feed = auth.has(), auth.has(full_name="Boris"), new_feed()
    await feed.follow(auth)

    auth.erase(anna)
    await feed.follow(auth)

    assert [*await known()] == [boris]
    gone = await Account.get(id=anna)
    assert (gone.full_name, gone.email, gone.roles) == ("", None, [])
    assert gone.erased_at is not None
    assert not await service.is_known(anna)


async def test_the_same_page_twice_changes_nothing(auth: ScriptedAuth) -> None:
    anna, boris, feed = auth.has(), auth.has(full_name="Boris"), new_feed()
    await feed.follow(auth)
    auth.erase(boris)
    await feed.follow(auth)
    erased_at = (await Account.get(id=boris)).erased_at

    await AccountPosition.filter(id=1).update(cursor="a:0", leased_until=None)
    await new_feed().follow(auth)

    assert [*await known()] == [anna]
    assert (await Account.get(id=boris)).erased_at == erased_at


async def test_what_a_restored_auth_does_not_know_is_erased(auth: ScriptedAuth) -> None:
    kept, lost, feed = auth.has(), auth.has(), new_feed()
    await feed.follow(auth)

    auth.epoch, auth.changes = "b", [kept]
    await feed.follow(auth)

    assert [*await known()] == [kept]
    assert (await Account.get(id=lost)).to_clear


async def test_a_person_whom_a_restored_auth_knows_again_is_known_again(
    auth: ScriptedAuth,
) -> None:
    anna, feed = auth.has(), new_feed()
    await feed.follow(auth)
    auth.erase(anna)
    await feed.follow(auth)

    auth.epoch, auth.changes = "b", []
    auth.has(anna, is_erased=False, full_name="Anna", email="a@example.com")
    await feed.follow(auth)

    assert await known() == {anna: ("Anna", "a@example.com", False)}
    assert not (await Account.get(id=anna)).to_clear


async def test_of_two_processes_one_reads_and_both_know(auth: ScriptedAuth) -> None:
    anna, one, other = auth.has(), new_feed(), new_feed()
    await one.follow(auth)
    asked = auth.changes.copy()

    await other.follow(auth)

    assert other.is_current(QUARTER)
    assert auth.changes == asked
    assert await service.is_known(anna)


def _state(auth: ScriptedAuth, *, is_active: bool = True) -> AccountState:
    return auth.accounts[auth.has(is_active=is_active)]


@pytest.mark.parametrize("change", ["blocked", "erased"])
async def test_who_is_blocked_or_erased_has_nothing_going_any_more(
    auth: ScriptedAuth, change: str
) -> None:
    anna = auth.has()
    feed = new_feed()
    await feed.follow(auth)
    run = await running_run(["one@example.com"], owner_id=anna)

    if change == "blocked":
        auth.has(anna, is_active=False)
    else:
        auth.erase(anna)
    await feed.follow(auth)

    mailing = await Mailing.get(id=run.mailing_id)
    assert (mailing.status, mailing.status_reason) == ("paused", f"owner_{change}")
    assert not (await Run.get(id=run.id)).is_sending
