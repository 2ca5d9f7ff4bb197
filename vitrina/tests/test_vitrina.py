"""`vitrina` finds the commands of the services that are installed, and imports no others."""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint, version
from pathlib import Path

import pytest

from shared.commands.layout import ServiceCommands
from standalone import registry
from standalone.settings import ROOT
from vitrina.__main__ import GROUP, installed, main

ABSENT = EntryPoint("other", "other_service.cli:commands", GROUP)


def vitrina(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vitrina", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_service_with_a_database_has_commands() -> None:
    expected = {service.name: service.package for service in registry.with_database()}

    found = {entry.name: entry.module for entry in installed()}

    assert {name: f"{package}.cli" for name, package in expected.items()}.items() <= found.items()


def test_each_entry_point_leads_to_commands() -> None:
    assert all(isinstance(entry.load(), ServiceCommands) for entry in installed())


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert version("vitrina") == project["version"]


def test_a_service_that_is_not_installed_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    present = list(installed())
    monkeypatch.setattr("vitrina.__main__.entry_points", lambda **_: [*present, ABSENT])

    assert list(installed()) == present


@pytest.mark.parametrize("arguments", [["auth"], ["auth", "fly"], ["fly"], []])
def test_a_single_service_is_still_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    [auth] = [entry for entry in installed() if entry.name == "auth"]
    monkeypatch.setattr("vitrina.__main__.entry_points", lambda **_: [auth])

    with pytest.raises(SystemExit) as end:
        main(arguments)

    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("Usage: vitrina")


def test_help_imports_no_service() -> None:
    code = (
        "import sys; from vitrina.__main__ import application\n"
        "try: application()(['--help'], prog_name='vitrina')\n"
        "except SystemExit: print(*sys.modules, sep='\\n')"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    assert {"  auth     Commands of the auth service."} <= {*shown}
    loaded = {name.partition(".")[0] for name in shown}
    assert loaded.isdisjoint({"auth_service", "catalog_service", "tortoise", "rich"})


def test_everything_behind_the_name_is_the_services() -> None:
    shown = vitrina("auth", "keys", "revoke")
    assert shown.returncode == 2
    assert "Usage: vitrina auth keys revoke" in shown.stderr

    helped = vitrina("catalog", "import", "--help")
    assert helped.returncode == 0
    assert "--skip-errors" in helped.stdout


def test_an_exit_code_and_its_sentence_come_through() -> None:
    away = "postgres://nobody:secret@127.0.0.1:1/none"
    failed = vitrina(
        "catalog", "migrate", CATALOG_DATABASE_URL=away, CATALOG_MIGRATION_DATABASE_URL=away,
        CATALOG_SECRETS=f'["{"x" * 32}"]', INTERNAL_SECRETS=f'["{"y" * 32}"]',
    )  # fmt: skip

    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("catalog: the database cannot be used: ")
    assert failed.stderr.count("\n") == 1


def test_a_setting_that_is_missing_is_exit_code_two() -> None:
    failed = vitrina("catalog", "load-demo", CATALOG_DATABASE_URL="")
    assert failed.returncode == 2
    assert "CATALOG_DATABASE_URL" in failed.stderr


def test_the_installed_command_runs_from_any_folder(tmp_path: Path) -> None:
    script = tmp_path / "vitrina"
    text = (ROOT / "deploy/vitrina").read_text()
    venv = Path(sys.executable).parents[1]
    script.write_text(text.replace("/app", str(ROOT)).replace("/venv", str(venv)))
    (tmp_path / "shared.py").write_text("raise SystemExit('of another folder')")

    shown = subprocess.run(
        ["sh", script, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert "Commands of the auth service." in shown.stdout
