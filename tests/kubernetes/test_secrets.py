"""The secrets of an overlay: what the script asks for, what it makes, and who gets to know."""

import subprocess
from pathlib import Path

import pytest

from tests.kubernetes.conftest import ANSWERS, copied, make_secrets
from tests.kubernetes.manifests import FOLDER, ROOT

pytestmark = pytest.mark.node

SUPERUSER, MAIL = ANSWERS.splitlines()


def test_secrets_are_made_once_and_known_only_to_their_owner(shop: Path) -> None:
    before = {file: file.read_bytes() for file in shop.glob("secrets/*/*")}
    told = make_secrets(shop, "")
    assert {file: file.read_bytes() for file in shop.glob("secrets/*/*")} == before
    assert (shop / "secrets/postgres/postgres_password").read_text() == SUPERUSER
    assert (shop / "secrets/auth/auth_smtp_password").read_text() == MAIL
    assert {path.stat().st_mode & 0o077 for path in shop.glob("secrets/**/*")} == {0}
    for value in filter(None, before.values()):
        assert value.decode() not in told.stdout + told.stderr


def test_a_mail_server_without_sign_in_has_no_password(tmp_path: Path) -> None:
    shop = copied(tmp_path)
    settings, password = shop / "settings.env", shop / "secrets/auth/auth_smtp_password"
    with_user = settings.read_text()
    settings.write_text(with_user.replace("AUTH_SMTP_USERNAME=shop\n", ""))
    assert settings.read_text() != with_user

    told = make_secrets(shop, f"{SUPERUSER}\n")
    assert told.stderr.count(": ") == 1
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


def test_git_and_images_leave_secrets_alone() -> None:
    secret = FOLDER / "shop" / "secrets" / "auth" / "auth_secrets"
    ignored = subprocess.run(["git", "check-ignore", "--quiet", secret], cwd=ROOT, check=False)
    assert ignored.returncode == 0
    assert "deploy/kubernetes/*/secrets" in (ROOT / ".dockerignore").read_text().splitlines()
