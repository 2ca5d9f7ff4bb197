"""Commands that do for an owner what the API does, and the end of a mail server's pipe."""

import io
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from mailing_service.bounces.service import LONGEST
from mailing_service.cli import main
from mailing_service.commands import bounces, mailings, transfer
from mailing_service.errors import ImportRefused, StatusForbids
from mailing_service.models.accounts import Account
from mailing_service.models.audit import AuditEvent
from mailing_service.models.deliveries import Delivery, DeliveryState
from mailing_service.models.mailings import Mailing, MailingRecipient, MailingStatus
from mailing_service.models.recipients import Recipient
from mailing_service.models.suppressions import Suppression
from mailing_service.return_paths import ReturnPaths
from mailing_service.settings import MailingSettings
from mailing_service.tests.bounces.test_reports import email
from mailing_service.tests.writing import add_message, add_recipients
from shared.commands.layout import CommandFailed
from testing.database import ServiceDatabase
from testing.mailing.processes import SECRETS
from testing.mailing.runs import addresses, orm, running_run

pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture
def settings(database: ServiceDatabase) -> MailingSettings:
    """Return what a command reads from the environment."""
    return MailingSettings.model_validate(
        {"database_url": database.runtime_url, "secrets": SECRETS, "internal_secrets": SECRETS}
    )


@pytest.fixture
async def owner_id(settings: MailingSettings) -> AsyncIterator[UUID]:
    """Somebody whom the feed has brought."""
    owner_id = uuid4()
    async with orm(url_of(settings)):
        await Account.create(id=owner_id, email="Anna@example.com")
    yield owner_id


def url_of(settings: MailingSettings) -> str:
    """Return where the database is."""
    return settings.database_url.get_secret_value()


async def a_mailing(settings: MailingSettings, owner_id: UUID, count: int = 3) -> int:
    """Make one that runs."""
    async with orm(url_of(settings)):
        return (await running_run(addresses(count), owner_id=owner_id)).mailing_id


async def test_a_mailing_is_paused_and_resumed_for_its_owner(
    settings: MailingSettings, owner_id: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    mailing_id = await a_mailing(settings, owner_id)
    await mailings.pause(settings, mailing_id)
    with pytest.raises(StatusForbids):
        await mailings.pause(settings, mailing_id)
    await mailings.resume(settings, mailing_id)

    assert capsys.readouterr().out.splitlines() == [
        f"Mailing {mailing_id}: paused.",
        f"Mailing {mailing_id}: running.",
    ]
    async with orm(url_of(settings)):
        events = await AuditEvent.all().order_by("id")
    assert [(one.event, one.actor_id, one.user_agent) for one in events] == [
        ("paused", owner_id, "vitrina mailing"),
        ("resumed", owner_id, "vitrina mailing"),
    ]


async def test_a_draft_is_submitted_with_the_limits_of_its_owner(
    settings: MailingSettings, owner_id: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    mailing_id = await a_mailing(settings, owner_id)
    async with orm(url_of(settings)):
        message = await add_message(owner_id)
        await Mailing.filter(id=mailing_id).update(
            status=MailingStatus.DRAFT, message_id=message.id, recipients_chosen=1
        )
        [recipient] = await add_recipients(owner_id, 1, name="chosen")
        await MailingRecipient.create(mailing_id=mailing_id, recipient_id=recipient)
    await mailings.send(settings, mailing_id)
    assert capsys.readouterr().out == f"Mailing {mailing_id}: awaiting approval.\n"


async def test_what_is_not_there_is_said(settings: MailingSettings) -> None:
    for command in (mailings.send, mailings.pause, mailings.resume, mailings.stats):
        with pytest.raises(CommandFailed, match="there is no mailing 7"):
            await command(settings, 7)
    for name in (str(uuid4()), "nobody@example.com", "nobody"):
        with pytest.raises(CommandFailed, match="there is no account"):
            await transfer.export_file(settings, Path("-"), owner=name)


async def test_stats_are_a_table_or_json(
    settings: MailingSettings, owner_id: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    mailing_id = await a_mailing(settings, owner_id)
    await mailings.stats(settings, mailing_id)
    heading, all_runs, first = (line.split() for line in capsys.readouterr().out.splitlines())
    await mailings.stats(settings, mailing_id, as_json=True)
    shown = json.loads(capsys.readouterr().out)

    assert heading == list(DeliveryState)
    assert all_runs == ["all", "3", *"0" * 7]
    assert first == ["run", "1", "3", *"0" * 7]
    assert (shown["deliveries"], shown["counts"]["pending"]) == (3, 3)


async def test_recipients_go_in_and_out(
    settings: MailingSettings,
    owner_id: UUID,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file, copy = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text("email;full_name;city\nanna@example.com;Анна;Казань\nb@example.com;;\n")
    await transfer.import_file(settings, file, owner="anna@EXAMPLE.com", dry_run=True)
    async with orm(url_of(settings)):
        assert not await Recipient.all().exists()
    await transfer.import_file(settings, file, owner=str(owner_id))
    await transfer.export_file(settings, copy, owner=str(owner_id))

    assert capsys.readouterr().out.splitlines()[-1] == (
        f"{file}: 2 created, 0 changed, 0 unchanged, 0 refused."
    )
    assert copy.stat().st_mode & 0o777 == 0o600
    await transfer.import_file(settings, copy, owner=str(owner_id), as_json=True)
    assert json.loads(capsys.readouterr().out)["unchanged"] == 2
    with pytest.raises(CommandFailed, match="cannot be made"):
        await transfer.export_file(settings, copy, owner=str(owner_id))


async def test_a_bad_line_refuses_all(
    settings: MailingSettings, owner_id: UUID, tmp_path: Path
) -> None:
    file = tmp_path / "in.csv"
    file.write_text("email\nanna@example.com\nnobody\n")
    with pytest.raises(ImportRefused):
        await transfer.import_file(settings, file, owner=str(owner_id))
    with pytest.raises(CommandFailed, match="would be refused"):
        await transfer.import_file(settings, file, owner=str(owner_id), dry_run=True)
    await transfer.import_file(settings, file, owner=str(owner_id), skip_errors=True)
    async with orm(url_of(settings)):
        assert await Recipient.all().count() == 1


async def test_a_bounce_comes_by_a_pipe(
    settings: MailingSettings,
    owner_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await a_mailing(settings, owner_id, 1)
    async with orm(url_of(settings)):
        [delivery] = await Delivery.all()
    path = ReturnPaths(settings.secrets, "localhost").address_of(delivery.id)
    for content in (email("exim_unknown_user", path), email("exim_unknown_user", path), b"x"):
        pipe(monkeypatch, content)
        await bounces.bounce(settings)
    assert capsys.readouterr().out.splitlines() == ["counted, hard.", "replayed, hard.", "unknown."]
    async with orm(url_of(settings)):
        assert await Suppression.all().count() == 1


async def test_a_pipe_is_read_to_its_end(
    settings: MailingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = pipe(monkeypatch, b"x" * (2 * LONGEST + 1))
    await bounces.bounce(settings)
    assert content.read() == b""


def test_a_mail_server_is_to_try_again_while_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAILING_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
    for name in ("MAILING_SECRETS", "INTERNAL_SECRETS"):
        monkeypatch.setenv(name, json.dumps(SECRETS))
    path = ReturnPaths([SecretStr(SECRETS[0])], "localhost").address_of(1)
    pipe(monkeypatch, email("postfix_unknown_user", path))
    assert main(["bounce"]) == 75
    assert "the database is away" in capsys.readouterr().err


def pipe(monkeypatch: pytest.MonkeyPatch, content: bytes) -> io.BytesIO:
    """Have standard input bring this."""
    raw = io.BytesIO(content)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw))
    return raw
