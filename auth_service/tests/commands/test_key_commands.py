"""Signing keys on the command line."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from auth_service import cli
from auth_service.keys.commands import (
    import_key,
    key_lines,
    list_keys,
    revoke_key,
    rotate_keys,
)
from auth_service.keys.service import KeyStore, UnusableKey
from auth_service.keys.states import State
from auth_service.models import AuditEvent, SigningKey
from auth_service.tests.keys.test_keys import AHEAD, POLICY, SECRET, the_same_keys_afterwards
from shared.secret_box import SecretBox
from testing.clock import MovableClock
from testing.database import ServiceDatabase

__all__ = ["the_same_keys_afterwards"]


@pytest.fixture
def store() -> KeyStore:
    return KeyStore(SecretBox([SECRET]), POLICY)


def openssl(*arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], capture_output=True, check=True).stdout


async def test_a_pem_made_with_openssl_can_sign(
    store: KeyStore, tmp_path: Path, clock: MovableClock
) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(openssl("genrsa", "3072"))

    told = await import_key(store, file)
    clock.advance(AHEAD)
    rotated = await rotate_keys(store)

    kid = (await SigningKey.get(state=State.CURRENT)).kid
    assert kid in told
    assert kid in rotated
    assert await AuditEvent.filter(event="key_imported").count() == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("genrsa", "2048"), "RSA key of 3072 bits"),
        (("ecparam", "-genkey", "-name", "prime256v1", "-noout"), "RSA key of 3072 bits"),
        (("genrsa", "-aes128", "-passout", "pass:secret", "3072"), "without a passphrase"),
        (("rand", "100"), "no private key"),
    ],
)
async def test_another_file_is_refused_with_a_sentence(
    store: KeyStore, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    before = await list_keys(store)
    file = tmp_path / "key.pem"
    file.write_bytes(openssl(*arguments))

    with pytest.raises(UnusableKey, match=sentence):
        await import_key(store, file)

    assert await list_keys(store) == before


async def test_a_file_that_is_not_there_is_a_sentence(store: KeyStore, tmp_path: Path) -> None:
    with pytest.raises(UnusableKey, match="cannot be read"):
        await import_key(store, tmp_path / "missing.pem")


async def test_the_list_shows_the_life_of_each_key(store: KeyStore, clock: MovableClock) -> None:
    clock.advance(AHEAD)
    await rotate_keys(store)
    current = await SigningKey.get(state=State.CURRENT)
    await revoke_key(store, current.kid)

    lines = await list_keys(store)

    assert [line.split()[1] for line in key_lines(lines)] == [
        "previous",
        "revoked",
        "current",
        "next",
    ]


async def test_rotating_too_early_says_when(store: KeyStore) -> None:
    with pytest.raises(UnusableKey, match="verifiers know it from"):
        await rotate_keys(store)


async def test_the_command_line_offers_them(
    database: ServiceDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AUTH_DATABASE_URL", database.runtime_url)
    monkeypatch.setenv("AUTH_SECRETS", json.dumps([SECRET]))
    monkeypatch.setenv("INTERNAL_SECRETS", json.dumps(["y" * 32]))
    monkeypatch.setenv("AUTH_KEY_PUBLISHED_AHEAD", "10")
    file = tmp_path / "key.pem"
    file.write_bytes(openssl("genrsa", "3072"))

    async def run(*arguments: str) -> int:
        return await asyncio.to_thread(cli.main, ["keys", *arguments])

    assert await run("import", str(file)) == 0
    assert await run("rotate") == 1
    assert "verifiers know it from" in capsys.readouterr().err
    kid = (await SigningKey.get(state=State.CURRENT)).kid
    assert await run("revoke", kid) == 0
    assert await run("revoke", "-nobody") == 1
    assert await run("list") == 0
    assert f"{kid}  revoked" in capsys.readouterr().out
    assert await run("list", "--json") == 0
    states = {key["kid"]: key["state"] for key in json.loads(capsys.readouterr().out)}
    assert states[kid] == "revoked"
