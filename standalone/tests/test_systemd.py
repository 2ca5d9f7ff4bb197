"""The units for a server without containers."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from standalone.settings import ROOT

FOLDER = ROOT / "deploy/systemd"
UNITS = sorted(file.name for file in FOLDER.iterdir())


def read(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((FOLDER / name).read_text())
    return parser


def test_these_are_the_units() -> None:
    assert UNITS == ["vitrina-backup.service", "vitrina-backup.timer", "vitrina.service"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    """In a copy that names this project's folder, as commands that are not there are a mistake."""
    (tmp_path / "vitrina").symlink_to(ROOT)
    for name in UNITS:
        text = (FOLDER / name).read_text().replace("/opt/vitrina", str(tmp_path / "vitrina"))
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(tmp_path / name for name in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert str(tmp_path) not in done.stderr
    assert not [line for line in done.stderr.splitlines() if "vitrina" in line]


@pytest.mark.parametrize("name", ["vitrina.service", "vitrina-backup.service"])
def test_what_they_start_is_there(name: str) -> None:
    command = read(name)["Service"]["ExecStart"].split()
    assert command[:2] == ["/opt/vitrina/.venv/bin/python", "-m"]
    place = ROOT / command[2].replace(".", "/")
    assert place.with_suffix(".py").exists() or (place / "__main__.py").exists()


def test_both_have_the_same_system_and_what_it_needs_to_write() -> None:
    run, backup = (read(name)["Service"] for name in ("vitrina.service", "vitrina-backup.service"))
    for service in (run, backup):
        assert "VITRINA_DATA=/var/lib/vitrina" in service["Environment"]
        assert service["StateDirectory"] == "vitrina"
        assert service["ProtectSystem"] == "strict"
        assert service["User"] == "vitrina"
    assert backup["ReadWritePaths"] in backup["ExecStart"]
    assert run["KillMode"] == "mixed"


def test_the_timer_starts_the_backup_and_makes_up_for_a_night_that_was_off() -> None:
    timer = read("vitrina-backup.timer")["Timer"]
    assert timer["Persistent"] == "true"
    assert "OnCalendar" in timer
