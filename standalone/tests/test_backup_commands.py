"""`make backup`, `verify-backup` and `restore` as an operator meets them: in sentences."""

import os
import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from standalone import running
from standalone.backup.archive import ArchiveWriter
from standalone.backup.retention import keep_newest
from standalone.settings import StandaloneSettings
from standalone.tests.conftest import ROOT

PASSPHRASE = "correct horse battery"
MANIFEST = b'{"format": 1, "made_at": "2026-11-29T18:00:00+00:00", "postgresql": 18}'


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A whole archive with empty databases."""
    writer = ArchiveWriter(stream := BytesIO(), PASSPHRASE)
    writer.add("manifest", [MANIFEST])
    writer.add("secrets", [b"{}"])
    for database in ("catalog", "auth"):
        writer.add(database, [b"dump"])
    writer.finish()
    file = tmp_path / "shop.backup"
    file.write_bytes(stream.getvalue())
    return file


def run(
    *arguments: object, folder: Path, passphrase: str | None = PASSPHRASE
) -> "subprocess.CompletedProcess[str]":
    """Without a terminal, as cron does."""
    environment = {**os.environ, "VITRINA_DATA": str(folder / "data")}
    environment.pop("BACKUP_PASSPHRASE", None)
    if passphrase is not None:
        environment["BACKUP_PASSPHRASE"] = passphrase
    return subprocess.run(
        [sys.executable, "-m", "standalone.backup.here", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_without_a_terminal_and_a_passphrase_it_says_what_to_set(
    archive: Path, tmp_path: Path
) -> None:
    for command, file in (("take", tmp_path / "new"), ("verify", archive), ("restore", archive)):
        done = run(command, file, folder=tmp_path, passphrase=None)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "Set BACKUP_PASSPHRASE: there is no terminal to ask for it.\n"


def test_a_backup_is_verified_without_a_system(archive: Path, tmp_path: Path) -> None:
    done = run("verify", archive, folder=tmp_path)
    assert done.returncode == 0
    assert done.stdout == f"{archive} is whole: a backup of 2026-11-29T18:00:00+00:00.\n"
    archive.write_bytes(archive.read_bytes()[:-1])
    done = run("verify", archive, folder=tmp_path)
    assert done.returncode == 1
    assert "was cut or altered" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", ["verify", "restore"])
def test_a_file_that_is_not_there_is_named(command: str, tmp_path: Path) -> None:
    missing = tmp_path / "missing.backup"
    done = run(command, missing, folder=tmp_path, passphrase=None)
    assert (done.returncode, done.stderr) == (
        1,
        f"There is no file {missing}: name the backup in FILE.\n",
    )
    done = run(command, tmp_path, folder=tmp_path)
    assert (done.returncode, done.stderr) == (
        1,
        f"{tmp_path} is no file that this user can read.\n",
    )


def test_a_backup_needs_a_folder_and_a_system(tmp_path: Path) -> None:
    done = run("take", tmp_path / "none" / "shop.backup", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        f"There is no folder {tmp_path / 'none'}: make it, or name another FILE.\n"
    )
    done = run("take", tmp_path / "shop.backup", folder=tmp_path)
    assert done.returncode == 1
    assert "the system has never been started" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_running_system_is_not_replaced(archive: Path, tmp_path: Path) -> None:
    settings = StandaloneSettings(vitrina_data=tmp_path / "data", public_url="http://shop.example")
    settings.data_folder.mkdir()
    with running.claim(settings):
        done = run("restore", archive, folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        f"Vitrina runs here (http://shop.example, process {os.getpid()}): stop it first, by Ctrl-C"
        f" in its terminal or `kill {os.getpid()}`, then restore. Nothing has changed.\n"
    )
    with running.claim(settings, what=running.RESTORE):
        done = run("restore", archive, folder=tmp_path)
    assert done.returncode == 1
    assert "A backup is being restored here already" in done.stderr


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make on this machine")
@pytest.mark.parametrize("target", ["restore", "verify-backup"])
@pytest.mark.parametrize("system", ["run", "compose"])
def test_the_file_has_to_be_named(target: str, system: str) -> None:
    """`make -n` would not run the sentence; nothing else is reached."""
    done = subprocess.run(
        ["make", "--old-file=.venv/run", target, f"SYSTEM={system}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"Name the backup: make {target} FILE=shop.backup" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["restore", "/nowhere/shop.backup"], "There is no file /nowhere/shop.backup"),
        (["verify", "/"], "/ is no file that this user can read."),
        (["take", "/nowhere/shop.backup"], "There is no folder /nowhere"),
        (["take", "{new}"], "Set BACKUP_PASSPHRASE: there is no terminal to ask for it."),
        (["take", "{new}", "--keep", "0"], "--keep wants a number of backups, 1 or more."),
        (["take"], "usage: deploy/backup take FILE|FOLDER"),
        (["verify", "{new}", "--keep", "1"], "usage: deploy/backup take FILE|FOLDER"),
    ],
)
def test_the_script_of_compose_says_the_same(
    arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    environment = {name: value for name, value in os.environ.items() if "BACKUP" not in name}
    done = subprocess.run(
        [ROOT / "deploy/backup", *(text.format(new=tmp_path / "new") for text in arguments)],
        stdin=subprocess.DEVNULL,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert sentence in done.stderr


def test_the_newest_are_kept_and_other_files_left_alone(tmp_path: Path) -> None:
    names = [f"vitrina-2026112{day}T030000Z.backup" for day in range(1, 8)]
    others = ["shop.backup", "vitrina-20261101T030000Z.backup.part", "vitrina-x.backup"]
    for name in (*names, *others):
        (tmp_path / name).touch()
    removed = keep_newest(3, beside=tmp_path / names[-1])
    assert [file.name for file in removed] == names[:4]
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([*names[4:], *others])
    assert keep_newest(3, beside=tmp_path / names[-1]) == []


def test_the_script_of_compose_keeps_the_newest_too(tmp_path: Path) -> None:
    """With a Docker that does nothing, which is all that this needs."""
    (tmp_path / "bin").mkdir()
    docker = tmp_path / "bin" / "docker"
    docker.write_text("#!/bin/sh\nexit 0\n")
    docker.chmod(0o755)
    folder = tmp_path / "kept"
    folder.mkdir()
    for day in range(1, 8):
        (folder / f"vitrina-2026112{day}T030000Z.backup").touch()
    (folder / "shop.backup").touch()
    done = subprocess.run(
        [ROOT / "deploy/backup", "take", folder, "--keep", "2"],
        env={
            **os.environ,
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "BACKUP_PASSPHRASE": PASSPHRASE,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(re.findall("^Removed", done.stdout, re.M)) == 6
    made = Path(done.stdout.partition("Wrote ")[2].partition(".\n")[0]).name
    assert re.fullmatch(r"vitrina-\d{8}T\d{6}Z\.backup", made)
    assert sorted(file.name for file in folder.iterdir()) == [
        "shop.backup",
        "vitrina-20261127T030000Z.backup",
        made,
    ]


def test_services_that_do_not_start_after_a_restore_say_why(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    docker = tmp_path / "bin" / "docker"
    docker.write_text(
        """#!/bin/sh
case "$*" in
"compose ps"*) echo gateway ;;
"compose up"*) echo 'dependency failed to start: no space left'; exit 1 ;;
"compose logs"*) echo 'auth-1 | AUTH_SMTP_HOST is not usable' ;;
esac
"""
    )
    docker.chmod(0o755)
    done = subprocess.run(
        [ROOT / "deploy/backup", "restore", archive],
        env={
            **os.environ,
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "BACKUP_PASSPHRASE": PASSPHRASE,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no space left" in done.stderr
    assert "AUTH_SMTP_HOST is not usable" in done.stderr
    assert "The services do not start again; why is above." in done.stderr
    assert "The restore itself is done." in done.stderr
