"""The secrets of an overlay: what the script asks for, what it makes, and who gets to know."""

import os
import pty
import subprocess
import termios
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.kubernetes.conftest import ANSWERS, POSTGRESQL, copied, make_secrets
from tests.kubernetes.manifests import FOLDER, ROOT

pytestmark = pytest.mark.node

SUPERUSER, MAIL, MAILINGS = ANSWERS.splitlines()


def test_secrets_are_made_once_and_known_only_to_their_owner(shop: Path) -> None:
    before = {file: file.read_bytes() for file in shop.glob("secrets/*/*")}
    told = make_secrets(shop, "")
    assert {file: file.read_bytes() for file in shop.glob("secrets/*/*")} == before
    assert (shop / "secrets/postgres/postgres_password").read_text() == SUPERUSER
    assert (shop / "secrets/auth/auth_smtp_password").read_text() == MAIL
    assert (shop / "secrets/mailing/mailing_smtp_password").read_text() == MAILINGS
    assert {path.stat().st_mode & 0o077 for path in shop.glob("secrets/**/*")} == {0}
    for value in filter(None, before.values()):
        assert value.decode() not in told.stdout + told.stderr


def test_a_mail_server_without_sign_in_has_no_password(tmp_path: Path) -> None:
    shop = copied(tmp_path)
    settings, password = shop / "settings.env", shop / "secrets/auth/auth_smtp_password"
    with_user = settings.read_text()
    settings.write_text(with_user.replace("AUTH_SMTP_USERNAME=shop\n", ""))
    assert settings.read_text() != with_user

    told = make_secrets(shop, f"{SUPERUSER}\n{MAILINGS}\n")
    assert told.stderr.count(": ") == 2
    assert password.read_bytes() == b""

    settings.write_text(with_user)
    told = make_secrets(shop, f"{MAIL}\n")
    assert told.stderr == "The password of shop at the mail server: "
    assert password.read_text() == MAIL


@pytest.mark.parametrize("answers", ["", "\n", f"{SUPERUSER}\n", f"{SUPERUSER}\n\n"])
def test_what_is_needed_and_not_said_is_no_secret(tmp_path: Path, answers: str) -> None:
    shop = copied(tmp_path)
    told = make_secrets(shop, answers, check=False)
    assert (told.returncode, told.stderr.rpartition(": ")[2]) == (1, "Nothing was said.\n")
    assert not (shop / "secrets/auth").exists()


def test_what_is_typed_in_a_terminal_is_not_shown(tmp_path: Path) -> None:
    shop = copied(tmp_path)
    typed = iter(ANSWERS.splitlines(keepends=True))
    shown = b""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(shop.parent / "make-secrets", ["make-secrets", str(shop), POSTGRESQL])
    with suppress(OSError):  # a terminal whose program has ended cannot be read
        while read := os.read(terminal, 1024):
            shown += read
            if shown.endswith(b": "):
                wait_until_silent(terminal)
                os.write(terminal, next(typed, "").encode())
    _, status = os.waitpid(child, 0)
    assert status == 0, shown.decode()
    assert (shop / "secrets/postgres/postgres_password").read_text() == SUPERUSER
    assert (shop / "secrets/auth/auth_smtp_password").read_text() == MAIL
    assert SUPERUSER not in shown.decode()
    assert MAIL not in shown.decode()


def wait_until_silent(terminal: int) -> None:
    """A person types slower than a shell turns the echo off."""
    while termios.tcgetattr(terminal)[3] & termios.ECHO:
        time.sleep(0.01)


def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    told = make_secrets(copied(tmp_path), ANSWERS, authority=Path(__file__), check=False)
    assert told.returncode == 1
    assert "has no certificate in it" in told.stderr


def test_git_and_images_leave_secrets_alone() -> None:
    secret = FOLDER / "shop" / "secrets" / "auth" / "auth_secrets"
    ignored = subprocess.run(["git", "check-ignore", "--quiet", secret], cwd=ROOT, check=False)
    assert ignored.returncode == 0
    assert "deploy/kubernetes/*/secrets" in (ROOT / ".dockerignore").read_text().splitlines()
