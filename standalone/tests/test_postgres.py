"""The embedded PostgreSQL keeps data, refuses strangers, recovers, and explains what it cannot."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest

from standalone.ports import PortTaken, free_port
from standalone.postgres import binaries as postgres_binaries
from standalone.postgres import folder as postgres_folder
from standalone.postgres.server import Postgres, PostgresError, temporary_server
from standalone.tests.conftest import PASSWORD, ROOT, TypeOfScript, until


async def test_data_are_still_there_after_a_second_start(server: Postgres) -> None:
    await _execute(server.start(), "create table kept as select 42 as answer")
    server.stop()
    assert await _execute(server.start(), "select answer from kept") == 42


async def test_nobody_comes_in_without_the_password(server: Postgres) -> None:
    url = server.start()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(url.replace(PASSWORD, "guess"))
    assert (
        await _execute(url, "select count(*) from pg_hba_file_rules where auth_method='trust'") == 0
    )


async def test_there_is_no_way_in_but_loopback(server: Postgres) -> None:
    url = server.start()
    assert await _execute(url, "select current_setting('listen_addresses')") == "127.0.0.1"
    assert await _execute(url, "select current_setting('unix_socket_directories')") == ""


async def test_a_durable_server_flushes_and_a_throw_away_one_does_not(folder: Path) -> None:
    for durable in (True, False):
        with Postgres(folder, port=free_port(), password=PASSWORD, durable=durable) as server:
            assert await _execute(server.url, "select current_setting('fsync')") == (
                "on" if durable else "off"
            )


def test_a_taken_port_is_reported_with_its_owner(server: Postgres) -> None:
    with socket.create_server(("127.0.0.1", server.port)), pytest.raises(PortTaken) as told:
        server.start()
    assert f"Port {server.port}" in str(told.value)
    assert f"(process {os.getpid()})" in str(told.value)
    assert "POSTGRES_PORT" in str(told.value)


def test_a_folder_in_use_is_reported_with_its_user(server: Postgres) -> None:
    server.start()
    second = Postgres(server.folder, port=free_port(), password=PASSWORD)
    with pytest.raises(PostgresError, match=f"in use by another run \\(process {os.getpid()}\\)"):
        second.start()


def test_a_pid_file_that_names_a_stranger_is_survived(server: Postgres) -> None:
    (server.folder / "postmaster.pid").write_text(
        f"{os.getpid()}\n/data\n1\n5432\n\n\n1 1\nready\n"
    )
    server.start()
    assert server.process != os.getpid()


def test_a_server_that_lost_its_reaper_is_stopped_all_the_same(server: Postgres) -> None:
    server.start()
    orphan = psutil.Process(server.process)
    orphan.parent().kill()  # type: ignore[union-attr]
    assert server.wait() == -signal.SIGKILL
    assert _alive(orphan)
    server.stop()
    assert not _alive(orphan)


def test_a_server_that_lost_its_run_and_its_reaper_is_replaced(server: Postgres) -> None:
    server.start()
    orphan = psutil.Process(server.process)
    orphan.parent().kill()  # type: ignore[union-attr]
    server.wait()
    with Postgres(server.folder, port=server.port, password=PASSWORD, durable=False) as second:
        assert not _alive(orphan)
        assert second.process != orphan.pid


async def test_a_killed_server_recovers_what_was_committed(server: Postgres) -> None:
    await _execute(server.start(), "create table kept as select 42 as answer")
    os.kill(server.process or 0, signal.SIGKILL)
    assert server.wait() == 128 + signal.SIGKILL
    server.stop()
    assert await _execute(server.start(), "select answer from kept") == 42


def test_a_half_made_folder_is_made_again(tmp_path: Path) -> None:
    half_made = tmp_path / "postgres.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    with Postgres(tmp_path / "postgres", port=free_port(), password=PASSWORD, durable=False):
        assert not half_made.exists()


def test_a_damaged_folder_is_reported_and_not_touched(server: Postgres) -> None:
    (server.folder / "global" / "pg_control").unlink()
    with pytest.raises(PostgresError, match="not a whole PostgreSQL data folder"):
        server.start()
    assert (server.folder / "PG_VERSION").exists()


def test_a_folder_of_something_else_is_reported_and_not_touched(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "notes.txt").write_text("dear")
    with pytest.raises(PostgresError, match="not a whole PostgreSQL data folder"):
        Postgres(tmp_path / "postgres", port=free_port(), password=PASSWORD).start()
    assert (tmp_path / "postgres" / "notes.txt").read_text() == "dear"


def test_data_of_another_major_version_are_reported(server: Postgres) -> None:
    (server.folder / "PG_VERSION").write_text("16\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 16 and this is PostgreSQL 18"):
        server.start()


def test_a_server_that_does_not_start_is_reported_in_its_own_words(server: Postgres) -> None:
    (server.folder / "postgresql.conf").write_text("nonsense = 1\n")
    with pytest.raises(PostgresError, match="nonsense"):
        server.start()


def test_a_machine_without_the_wheel_names_what_to_set(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(PostgresError, match="BOOTSTRAP_DATABASE_URL"):
        server.start()


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="needs root on Linux")
def test_root_may_keep_everything_where_nobody_else_can_enter(tmp_path: Path) -> None:
    private = tmp_path / "private"
    package = postgres_binaries.find().root.parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, private / part.name, ignore=shutil.ignore_patterns("include"))
    private.chmod(0o700)
    code = (
        "import sys; from standalone.postgres.server import *; from pathlib import Path\n"
        f"s = Postgres(Path({str(private)!r}) / 'postgres', port={free_port()}, password='p')\n"
        "s.start(); print(s.process); s.stop()"
    )
    environment = {"PYTHONPATH": f"{private}:{ROOT}:{':'.join(sys.path[1:])}"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_ordinary_user_runs_it_too(as_ordinary_user: TypeOfScript) -> None:
    done = as_ordinary_user(
        "from standalone.postgres.server import temporary_server\n"
        "import psutil, re, os\n"
        "with temporary_server() as url:\n"
        "    port = int(re.search(r':(\\d+)/', url)[1])\n"
        "    assert any(c.laddr.port == port for c in psutil.net_connections('tcp'))\n"
        "    print(os.geteuid())"
    )
    assert done.stderr == ""
    assert done.stdout.strip() not in {"", "0"}


def test_a_read_only_folder_is_reported(as_ordinary_user: TypeOfScript) -> None:
    done = as_ordinary_user(
        "import tempfile, pathlib\n"
        "from standalone.postgres.server import *\n"
        "folder = pathlib.Path(tempfile.mkdtemp())\n"
        "folder.chmod(0o500)\n"
        "try: Postgres(folder / 'postgres', port=1, password='').start()\n"
        "except PostgresError as error: print(error)\n"
        "finally: folder.rmdir()"
    )
    assert "cannot be written (Permission denied)" in done.stdout, done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a folder of another user")
def test_data_of_another_user_are_reported(as_ordinary_user: TypeOfScript) -> None:
    done = as_ordinary_user(
        "import pathlib\n"
        "from standalone.postgres.folder import *\n"
        "try: has_data(pathlib.Path('/root'), major='18')\n"
        "except PostgresError as error: print(error)"
    )
    assert "/root belongs to the user root" in done.stdout, done.stderr


def test_a_killed_parent_leaves_no_server_and_no_folder() -> None:
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from standalone.postgres.server import temporary_server as s\n"
            "import tempfile, glob, time\n"
            "with s() as url: print(url, flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as parent:
        assert parent.stdout is not None
        url = parent.stdout.readline()
        reapers = psutil.Process(parent.pid).children()
        tree = [child for reaper in reapers for child in [reaper, *reaper.children(recursive=True)]]
        folder = next(a for a in reapers[0].cmdline() if a.startswith("--remove="))[9:]
        parent.kill()
    assert url.startswith("postgres://")
    assert len(tree) >= 2
    until(lambda: not any(_alive(process) for process in tree))
    assert not Path(folder).exists()


def test_a_run_that_follows_a_killed_one_waits_for_its_reaper(folder: Path) -> None:
    held = postgres_folder.lock(folder)
    os.pwrite(held, b"999999999", 0)  # a run that is gone
    with subprocess.Popen(["sleep", "0.3"], pass_fds=(held,)) as reaper:
        os.close(held)
        os.close(postgres_folder.lock(folder))
        assert reaper.poll() is not None or reaper.wait(1) == 0


def test_a_temporary_server_is_gone_with_its_folder() -> None:
    with temporary_server() as url:
        port = url.rsplit(":", 1)[1]
        assert port.startswith(url.split(":")[3].split("/")[0])
    assert not [p for p in psutil.process_iter() if f"-cport={port}" in _command(p)]


async def _execute(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def _alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []
