"""A PostgreSQL server as pg_dump, pg_restore and psql reach it: with a superuser's URL.

The password goes by the environment; the arguments of a process are everybody's to read.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from standalone.backup.errors import BackupFailed

BLOCK = 256 * 1024
_VARIABLES = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslcrl": "PGSSLCRL",
    "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION",
    "ssl_max_protocol_version": "PGSSLMAXPROTOCOLVERSION",
    "application_name": "PGAPPNAME",
    "options": "PGOPTIONS",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}
"""What libpq calls the parameters of a URL in the environment."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server, and the folder of the programs to use; without one those on the PATH."""

    url: str
    programs: Path | None = None

    def at(self, database: str) -> "Server":
        """Return the same server, asked in another database."""
        parts = urlsplit(self.url)
        return Server(urlunsplit(parts._replace(path=f"/{database}")), self.programs)

    def major(self) -> int:
        """The major version of the server."""
        return int(self.ask("SHOW server_version_num")) // 10_000

    def ask(self, *statements: str) -> str:
        """What psql prints of these statements, each a transaction of its own."""
        command = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "-vON_ERROR_STOP=1"]
        command += [f"--command={statement}" for statement in statements]
        done = subprocess.run(
            self._command("psql", *command),
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise BackupFailed(f"PostgreSQL does not do it: {_reason(done.stderr)}")
        return done.stdout.strip()

    def run(self, script: str) -> None:
        """Have psql run a script that is nobody else's to read; all of it or nothing."""
        options = [
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "-vON_ERROR_STOP=1",
            "--file=-",
        ]
        done = subprocess.run(
            self._command("psql", *options),
            env=self._environment(),
            input=script,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise BackupFailed(f"PostgreSQL does not do it: {_reason(done.stderr)}")

    def dump(self, database: str) -> Iterator[bytes]:
        """A database in pg_dump's own format; BackupFailed at the end of one that is not whole."""
        options = ["--format=custom", f"--dbname={database}"]
        with tempfile.TemporaryFile() as words:
            with self._start("pg_dump", *options, stdout=subprocess.PIPE, stderr=words) as dumping:
                if dumping.stdout:
                    while block := dumping.stdout.read(BLOCK):
                        yield block
            self._require_success("pg_dump", dumping.returncode, words)

    def restore(self, database: str, blocks: Iterable[bytes]) -> None:
        """Fill an empty database with a dump of pg_dump."""
        options = ["--exit-on-error", f"--dbname={database}"]
        with tempfile.TemporaryFile() as words:
            with self._start(
                "pg_restore", *options, stdin=subprocess.PIPE, stdout=words, stderr=words
            ) as restoring:
                _feed(restoring, blocks)
            self._require_success("pg_restore", restoring.returncode, words)

    def _start(
        self, program: str, *options: str, **files: int | IO[bytes]
    ) -> subprocess.Popen[bytes]:
        command = self._command(program, *options)
        return subprocess.Popen(
            command,
            env=self._environment(),
            stdin=files.get("stdin", subprocess.DEVNULL),
            stdout=files.get("stdout"),
            stderr=files.get("stderr"),
        )

    def _command(self, program: str, *options: str) -> list[str]:
        return [
            str(self.programs / program) if self.programs else program,
            "--no-password",
            *options,
        ]

    def _environment(self) -> dict[str, str]:
        parts = urlsplit(self.url)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return {
            **inherited,
            "PGHOST": parts.hostname or "127.0.0.1",
            "PGPORT": str(parts.port or 5432),
            "PGUSER": unquote(parts.username or ""),
            "PGPASSWORD": unquote(parts.password or ""),
            "PGDATABASE": unquote(parts.path.lstrip("/")) or "postgres",
            "PGCONNECT_TIMEOUT": "10",
            **{_VARIABLES[name]: value for name, value in parse_qsl(parts.query)},
        }

    def _require_success(self, program: str, status: int, words: IO[bytes]) -> None:
        if status != 0:
            words.seek(0)
            said = _reason(words.read().decode(errors="replace"))
            raise BackupFailed(f"{program} did not end well: {said}")


def _feed(process: subprocess.Popen[bytes], blocks: Iterable[bytes]) -> None:
    """Write all blocks; a program that ends before them says why by itself.

    Where the blocks end with an error, what was fed so far is not to be taken for the whole.
    """
    if process.stdin is None:
        return
    try:
        for block in blocks:
            process.stdin.write(block)
        process.stdin.close()
    except BrokenPipeError:
        pass
    except BaseException:
        process.kill()
        raise


def _reason(words: str) -> str:
    """The line with the error, which hints and a quotation may follow."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    told = [line for line in lines if "error:" in line.lower() or "fatal:" in line.lower()]
    return (told or lines[-1:] or ["it said nothing"])[0]
