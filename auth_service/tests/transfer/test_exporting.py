"""Accounts go into a file that makes the same accounts again."""

import io
import json
import os
import stat
import sys
from pathlib import Path

import httpx2
import pytest

from auth_service.models import User
from auth_service.tests.conftest import register, sign_in
from auth_service.tests.people import join
from auth_service.tests.transfer.conftest import PASSWORD, account, other, run
from testing.database import ServiceDatabase

pytestmark = pytest.mark.usefixtures("environment")


async def test_what_is_exported_can_be_imported_again(
    client: httpx2.AsyncClient, database: ServiceDatabase, tmp_path: Path
) -> None:
    await join(client, "boss", "admin")
    blocked, gone = (
        await join(client, "blocked", full_name="Ünïcödé 👩‍👩‍👧"),
        await join(client, "gone"),
    )
    await User.filter(id=blocked.id).update(
        is_active=False, is_email_verified=True, language="ru", is_language_chosen=True,
        time_zone="Europe/Moscow",
    )  # fmt: skip
    body = {"current_password": PASSWORD}
    await client.request("DELETE", "/api/v1/users/me", json=body, headers=gone.headers)
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"

    assert await run("export-users", str(first)) == 0
    await database.empty(but=("signing_keys",))
    assert await run("import-users", str(first)) == 0
    assert await run("export-users", str(second)) == 0

    assert first.read_bytes() == second.read_bytes()
    assert len(first.read_bytes().splitlines()) == 2
    assert str(gone.id) not in first.read_text()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    await sign_in(client, "boss@example.com")


async def test_an_export_does_not_overwrite(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "users.jsonl"
    file.write_text("precious")

    assert await run("export-users", str(file)) == 1
    assert "cannot be made: File exists" in capsys.readouterr().err
    assert file.read_text() == "precious"


async def test_an_export_that_cannot_be_written_is_a_sentence_and_leaves_nothing(
    client: httpx2.AsyncClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await register(client)
    file = tmp_path / "users.jsonl"
    full = os.open("/dev/full", os.O_WRONLY)
    really_open = os.open

    def open_full(path: str, *options: int) -> int:
        if path != str(file):
            return really_open(path, *options)
        file.touch()
        return full

    with monkeypatch.context() as patched:  # and no longer: pytest removes folders by it
        patched.setattr(os, "open", open_full)
        assert await run("export-users", str(file)) == 1

    error = capsys.readouterr().err
    assert error == "auth: the export cannot be written: No space left on device.\n"
    assert not file.exists()


async def test_both_speak_through_pipes(
    client: httpx2.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    lines = f"{json.dumps(account())}\n{json.dumps(other(1))}".encode()  # no end of line
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))

    assert await run("import-users") == 0
    capfdbinary.readouterr()
    assert await run("export-users") == 0

    emails = {json.loads(line)["email"] for line in capfdbinary.readouterr().out.splitlines()}
    assert emails == {"anna@example.com", "p1@example.com"}
