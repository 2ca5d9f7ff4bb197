"""The secrets of a swarm, with an engine that only remembers them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from standalone.settings import ROOT

ENGINE = """#!{python}
import os, subprocess, sys
folder = os.environ["ENGINE_FOLDER"]
match sys.argv[1:]:
    case ["secret", "ls", *options]:
        names = sorted(os.listdir(folder))
        if any("label=" in option for option in options):
            names = [name for name in names if "certificate" in name]
        print(*names, sep="\\n", end="\\n" * bool(names))
    case ["secret", "create", *options]:
        *_, name, source = options
        value = sys.stdin.read() if source == "-" else open(source).read()
        with open(os.path.join(folder, name), "x") as file:
            file.write(value)
    case ["run", *options]:
        script, _, server = options[options.index("-c") + 1 :]
        script = script.replace("/run/secrets", os.environ["MADE_IN"])
        script = script.replace("python -I /app/", "{python} -I {root}/standalone/")
        sys.exit(subprocess.run(["sh", "-c", script, "make", server]).returncode)
"""
SUPERUSER = "postgres://postgres:secret@postgres:5432/postgres"

Made = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Where the engine has its secrets."""
    (tmp_path / "secrets").mkdir()
    return tmp_path / "secrets"


@pytest.fixture
def make(tmp_path: Path, secrets: Path) -> Made:
    engine = tmp_path / "bin" / "docker"
    engine.parent.mkdir()
    engine.write_text(ENGINE.format(python=sys.executable, root=ROOT))
    engine.chmod(0o755)
    certificate = tmp_path / "certificate.pem"
    certificate.write_text("a certificate")

    def run(**environment: str) -> "subprocess.CompletedProcess[str]":
        made = tmp_path / f"made{len(list(tmp_path.glob('made*')))}"
        return subprocess.run(
            [ROOT / "deploy" / "swarm" / "secrets", "image"],
            env={
                "PATH": f"{engine.parent}:{os.environ['PATH']}",
                "ENGINE_FOLDER": str(secrets),
                "MADE_IN": str(made),
                "TLS_CERTIFICATE_FILE": str(certificate),
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def contents(secrets: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in secrets.iterdir()}


def without(secrets: Path, beginning: str) -> dict[str, str]:
    """Take away what begins so; return what is left."""
    for file in secrets.glob(f"{beginning}*"):
        file.unlink()
    return contents(secrets)


def test_the_first_time_all_are_made_and_the_second_none(make: Made, secrets: Path) -> None:
    first = make()
    assert first.returncode == 0, first.stderr
    made = contents(secrets)
    assert "shown only now" in first.stdout

    assert make().returncode == 0

    assert contents(secrets) == made
    assert json.loads(made["vitrina_mailing_secrets.1"])


def test_a_service_that_is_new_gets_secrets_beside_those_that_are_there(
    make: Made, secrets: Path
) -> None:
    make()
    before = without(secrets, "vitrina_mailing_")

    done = make(BOOTSTRAP_DATABASE_URL=SUPERUSER)

    assert done.returncode == 0, done.stderr
    after = contents(secrets)
    assert before.items() <= after.items()
    assert {name.removeprefix("vitrina_mailing_") for name in after.keys() - before.keys()} == {
        *("secrets.1", "database_url.1", "migration_database_url.1", "bootstrap_database_url.1"),
        "smtp_password.1",
    }
    assert after["vitrina_mailing_bootstrap_database_url.1"] == SUPERUSER
    assert after["vitrina_mailing_database_url.1"].startswith("postgres://mailing_runtime:")
    assert done.stdout == ""


def test_without_a_superuser_a_new_service_is_named_and_nothing_changes(
    make: Made, secrets: Path
) -> None:
    make()
    before = without(secrets, "vitrina_mailing_")

    done = make()

    assert done.returncode == 1
    assert "New here, and without their secrets: mailing. Set BOOTSTRAP_DATABASE_URL" in done.stderr
    assert contents(secrets) == before


@pytest.mark.parametrize("lost", ["vitrina_mailing_secrets", "vitrina_internal", "vitrina_auth_s"])
def test_what_is_lost_is_not_made_anew(make: Made, secrets: Path, lost: str) -> None:
    make()
    before = without(secrets, lost)

    done = make(BOOTSTRAP_DATABASE_URL=SUPERUSER)

    assert done.returncode == 1
    assert "Put them back from your copy" in done.stderr
    assert contents(secrets) == before
