"""`make backup SYSTEM=compose` and `make restore`: on a new machine everything is as it was."""

import os
import subprocess
from pathlib import Path

import httpx2
import pytest

from standalone.backup import here
from testing.background import BackgroundSystem
from testing.composed import ROOT, Composed, composed, docker
from testing.people import PASSWORD, Person, bearer

pytestmark = [pytest.mark.containers, pytest.mark.usefixtures("images")]

PASSPHRASE = "correct horse battery"
BACKUP_TIMEOUT = 400
"""Seconds, the building of an image included."""


def test_a_backup_is_restored_on_another_machine(running: Composed, tmp_path: Path) -> None:
    """One whose database, roles and secrets are new; and not before the archive is found whole.

    The first backup of a machine, whose image has yet to be built, is as good as any.
    """
    docker("image", "rm", "--force", "vitrina-backup")
    file = tmp_path / "shop.backup"
    person = Person()
    tokens = _register(running.url, person)
    products = _products(running.url, tokens["access_token"])
    assert _make(running, "backup", file).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600

    with composed(tmp_path, settings=f"PUBLIC_URL={running.url}\n") as other:
        other.up()
        stranger = Person()
        _register(other.url, stranger)
        refused = _make(other, "restore", _cut(file))
        assert refused.returncode != 0
        assert "cut or altered" in refused.stderr
        assert _sign_in(other.url, stranger).status_code == 200

        restored = _make(other, "restore", file)
        assert restored.returncode == 0, restored.stderr
        assert _sign_in(other.url, person).status_code == 200
        assert _sign_in(other.url, stranger).status_code == 401
        assert _products(other.url, tokens["access_token"]) == products
        body = {"refresh_token": tokens["refresh_token"]}
        assert httpx2.post(f"{other.url}/api/v1/auth/refresh", json=body).status_code == 200


def test_a_newer_postgresql_takes_the_backup_of_an_older_one(
    running: Composed, tmp_path: Path
) -> None:
    """That of the containers is 17, that of `make run` 18."""
    file = tmp_path / "shop.backup"
    person = Person()
    token = _register(running.url, person)["access_token"]
    products = _products(running.url, token)
    assert _make(running, "backup", file).returncode == 0
    shop = BackgroundSystem(tmp_path / "shop", environment={"PUBLIC_URL": running.url})
    here.restore(shop.settings, file, passphrase=PASSPHRASE)
    with shop:
        assert _sign_in(shop.url, person).status_code == 200
        assert _products(shop.url, token) == products


def _make(system: Composed, target: str, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", target, "SYSTEM=compose", f"FILE={file}"],
        cwd=ROOT,
        env={**os.environ, **system.environment, "BACKUP_PASSPHRASE": PASSPHRASE},
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
        timeout=BACKUP_TIMEOUT,
    )


def _cut(file: Path) -> Path:
    cut = file.with_name("cut.backup")
    cut.write_bytes(file.read_bytes()[:-100])
    return cut


def _register(url: str, person: Person) -> dict[str, str]:
    httpx2.post(f"{url}/api/v1/auth/register", json=person.registration).raise_for_status()
    tokens: dict[str, str] = _sign_in(url, person).raise_for_status().json()
    return tokens


def _sign_in(url: str, person: Person) -> httpx2.Response:
    credentials = {"login": person.email, "password": PASSWORD}
    return httpx2.post(f"{url}/api/v1/auth/login", json=credentials)


def _products(url: str, token: str) -> object:
    address = f"{url}/api/v1/products?size=100"
    return httpx2.get(address, headers=bearer(token)).raise_for_status().json()
