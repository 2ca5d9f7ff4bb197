"""Secrets and passwords change, and everything that they protect is there as before."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx2
import pytest

from standalone import registry, running, secret_files
from standalone.backup.postgresql import Server
from standalone.rotation import here, steps
from standalone.rotation.steps import RotationRefused
from standalone.settings import ROOT
from testing.background import BackgroundSystem
from testing.people import PASSWORD, Person, bearer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    secret_files.make(tmp_path / "secrets", postgres="127.0.0.1:1")
    return tmp_path / "secrets"


def lists(folder: Path) -> dict[str, list[str]]:
    return {name: json.loads(value) for name, value in secret_files.lists(folder).items()}


def test_a_new_secret_is_honoured_then_used_then_alone(folder: Path) -> None:
    before = lists(folder)
    wanted = {secret for service in registry.services() for secret in service.secrets}
    assert before.keys() == wanted
    steps.add(folder)
    added = lists(folder)
    steps.use(folder)
    used = lists(folder)
    steps.forget(folder)
    for name, [old] in before.items():
        new = added[name][1]
        assert (added[name], used[name], lists(folder)[name]) == ([old, new], [new, old], [new])
        assert len(new) >= 32
    steps.add(folder)  # and so on


def test_every_consumer_has_the_same(folder: Path) -> None:
    steps.add(folder)
    for name in lists(folder):
        files = [*folder.glob(f"*/{name}")]
        assert len({file.read_text() for file in files}) == 1
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


@pytest.mark.parametrize(
    ("done", "step", "due"),
    [
        ([], steps.use, "STEP=add comes first"),
        ([], steps.forget, "STEP=add and STEP=use come first"),
        ([steps.add], steps.add, "then STEP=use"),
        ([steps.add], steps.forget, "not used yet"),
        ([steps.add, steps.use], steps.use, "STEP=add comes first"),
        ([steps.add, steps.use, steps.forget], steps.forget, "STEP=add and STEP=use come first"),
    ],
)
def test_a_step_out_of_turn_changes_nothing(
    folder: Path, done: list[steps.Step], step: steps.Step, due: str
) -> None:
    for earlier in done:
        earlier(folder)
    before = lists(folder)
    with pytest.raises(RotationRefused, match=due):
        step(folder)
    assert lists(folder) == before


def test_for_a_cluster_only_files_change_and_all_but_the_superusers(folder: Path) -> None:
    before = {file: file.read_text() for file in folder.glob("*/*")}
    told = steps.change_passwords(folder, None)
    changed = {file.name for file, text in before.items() if file.read_text() != text}
    assert "prepare the databases" in told
    assert changed == {
        f"{service.name}_{name}"
        for service in registry.with_database()
        for name in steps.ROLES.values()
    }


def test_the_command_takes_a_folder_of_secrets(folder: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "standalone.rotation", *arguments, "--secrets", folder],
            cwd=ROOT,
            env=os.environ,
            check=False,
            capture_output=True,
            text=True,
        )

    assert run("add").returncode == 0
    assert {len(values) for values in lists(folder).values()} == {2}
    refused = run("forget")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("New secrets are not used yet")


def test_an_interrupted_change_of_the_superuser_is_taken_up(
    folder: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL has the new password; the files have not."""
    taken: list[str] = []
    (folder / "postgres/.next_password").write_text("of the interruption")
    server = Server(postgres_url)

    def ask(self: Server, *_: str) -> str:
        taken.append(self.url)
        return "1"

    monkeypatch.setattr(Server, "ask", ask)
    monkeypatch.setattr(Server, "run", lambda *_: None)
    steps.change_passwords(folder, server)
    assert ":of the interruption@" in taken[0]
    assert not (folder / "postgres/.next_password").exists()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackgroundSystem]:
    yield BackgroundSystem(tmp_path_factory.mktemp("rotated"))


async def test_sessions_tokens_and_data_outlive_a_rotation(shop: BackgroundSystem) -> None:
    anna, boris = Person(), Person()
    secrets = shop.settings.secrets_folder
    with shop:
        pair = _register(shop, anna)
        runtime = secret_files.read(secrets, "auth/auth_database_url")
        with pytest.raises(RotationRefused, match="stop it first"):
            _refuse_while_running(shop)

    old = lists(secrets)
    here.rotate("all", shop.settings)
    assert all(values[1] == old[name][0] for name, values in lists(secrets).items())

    with shop:
        assert _me(shop, pair) == 200
        pair = _refreshed(shop, pair)
        assert _sign_in(shop, anna).status_code == 200
        _register(shop, boris)
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(runtime)
        superuser = secret_files.read(secrets, "auth-prepare/auth_bootstrap_database_url")
        await (await asyncpg.connect(superuser)).close()

    here.rotate("forget", shop.settings)
    assert {len(values) for values in lists(secrets).values()} == {1}
    with shop:
        assert _me(shop, pair) == 200
        _refreshed(shop, pair)
        assert _sign_in(shop, boris).status_code == 200


def _refuse_while_running(shop: BackgroundSystem) -> None:
    """As `make run` claims its folder, which a system of the tests does not."""
    with running.claim(shop.settings):
        here.rotate("all", shop.settings)


def _register(shop: BackgroundSystem, person: Person) -> dict[str, str]:
    url = f"{shop.url}/api/v1/auth/register"
    httpx2.post(url, json=person.registration, timeout=20).raise_for_status()
    pair: dict[str, str] = _sign_in(shop, person).raise_for_status().json()
    return pair


def _sign_in(shop: BackgroundSystem, person: Person) -> httpx2.Response:
    credentials = {"login": person.email, "password": PASSWORD}
    return httpx2.post(f"{shop.url}/api/v1/auth/login", json=credentials, timeout=20)


def _me(shop: BackgroundSystem, pair: dict[str, str]) -> int:
    headers = bearer(pair["access_token"])
    return httpx2.get(f"{shop.url}/api/v1/users/me", headers=headers, timeout=20).status_code


def _refreshed(shop: BackgroundSystem, pair: dict[str, str]) -> dict[str, str]:
    body = {"refresh_token": pair["refresh_token"]}
    answer = httpx2.post(f"{shop.url}/api/v1/auth/refresh", json=body, timeout=20)
    new: dict[str, str] = answer.raise_for_status().json()
    return new
