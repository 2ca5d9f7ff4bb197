"""A system of the compose file that tests may start, hurt and remove: its own names and ports."""

import json
import os
import secrets
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from testcontainers.compose import DockerCompose

from standalone import registry
from standalone.ports import free_port
from testing.background import FOR_A_CROWD

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT = 120.0
"""Seconds for anything here that is not the building of an image."""
START_TIMEOUT = 300.0
"""Seconds for all containers of a system to be well."""
BUILD_TIMEOUT = 900.0
"""Seconds for the images, whose packages may have to be downloaded."""

LABELS = {
    "revision": "0123abc",
    "created": "2026-11-21T04:00:00+00:00",
    "source": "https://git.example/vitrina",
}
"""What the images that the tests build say of where they come from."""

SERVICES = (
    *(program.name for service in registry.services() for program in service.programs),
    "postgres",
    "mail",
)
ONE_SHOTS = ("secrets", *(service.preparation for service in registry.with_database()))


class Composed:
    """One project of compose; testcontainers finds the command and takes everything away again."""

    def __init__(self, folder: Path, *compose_files: str, settings: str = "") -> None:
        self.project = f"vitrina-test-{secrets.token_hex(4)}"
        port = free_port()
        self.url = f"http://localhost:{port}"
        """The gateway's address."""
        self.trusted: ssl.SSLContext | None = None
        """Whose certificates to believe there, if not the usual ones'."""
        ports = "".join(
            f"{service.prefix}PORT={free_port()}\n" for service in registry.behind_the_door()
        )
        file = folder / "compose.env"
        file.write_text(
            f"COMPOSE_PROJECT_NAME={self.project}\n"
            f"GATEWAY_PORT={port}\n"
            f"{ports}"
            f"DB_TEST_PORT={free_port()}\n"
            f"MAIL_WEB_PORT={free_port()}\n"
            f"{settings}"
        )
        files = list(compose_files) or ["docker-compose.yml", _with_many_registrations(folder)]
        self._compose = DockerCompose(ROOT, files, build=True, env_file=str(file))
        self.environment = {"COMPOSE_FILE": ":".join(files), "COMPOSE_ENV_FILES": str(file)}
        """What makes a `docker compose` of others speak to this project."""

    def up(self, *services: str) -> None:
        """Start it, or these services and what they need, and wait until they are ready."""
        done = self.attempt("up", "--wait", *services, timeout=START_TIMEOUT)
        assert done.returncode == 0, done.stderr + self.attempt("logs", "--tail=20").stdout

    def remove(self) -> None:
        """Leave nothing but the images."""
        self._compose.stop(down=True)

    def run(self, *arguments: str, timeout: float = TIMEOUT) -> str:
        """What a command of compose prints; AssertionError with its words if it fails."""
        done = self.attempt(*arguments, timeout=timeout)
        if done.returncode != 0:
            raise AssertionError(f"compose {' '.join(arguments)}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def attempt(
        self, *arguments: str, timeout: float = TIMEOUT
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of compose that may fail."""
        return subprocess.run(
            self._command(*arguments),
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a command of compose, to run beside others."""
        command = self._command(*arguments)
        return subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def python(self, service: str, code: str) -> str:
        """What a line of Python prints inside the container of ``service``, as its user."""
        return self.run("exec", "-T", service, "python", "-c", code).strip()

    def ask(self, database: str, query: str) -> subprocess.CompletedProcess[str]:
        """Ask PostgreSQL as its superuser; it may have good reasons not to answer."""
        program = 'PGPASSWORD=$(cat /run/secrets/postgres/postgres_password) exec psql "$@"'
        options = ("-h127.0.0.1", "-Upostgres", f"-d{database}", "-At", "-c", query)
        return self.attempt("exec", "-T", "postgres", "sh", "-c", program, "psql", *options)

    def inspect(self, service: str) -> dict[str, Any]:
        """What the engine knows about the container of ``service``, running or not."""
        container = self.run("ps", "--all", "--quiet", service).strip()
        described: list[dict[str, Any]] = json.loads(docker("inspect", container))
        return described[0]

    def admin_password(self) -> str:
        """The first administrator's first password, by the command of the README."""
        file = "/run/secrets/auth-prepare/admin_password"
        return self.run("run", "--rm", "--no-deps", "-T", "auth-prepare", "cat", file).strip()

    def _command(self, *arguments: str) -> list[str]:
        return [*self._compose.docker_compose_command(), *arguments]


def _with_many_registrations(folder: Path) -> str:
    """Name a further file for the system whose gateway and auth are asked by all tests."""
    more = folder / "crowd.json"
    more.write_text(
        json.dumps(
            {"services": {name: {"environment": FOR_A_CROWD} for name in ("gateway", "auth")}}
        )
    )
    return str(more)


@contextmanager
def composed(folder: Path, *compose_files: str, settings: str = "") -> Iterator[Composed]:
    """A project that has not been started, and is gone afterwards.

    ``settings`` are lines of its .env.
    """
    system = Composed(folder, *compose_files, settings=settings)
    try:
        yield system
    finally:
        system.remove()


def docker(*arguments: str) -> str:
    """What a command of the engine prints."""
    return subprocess.run(
        ["docker", *arguments], check=True, capture_output=True, text=True, timeout=TIMEOUT
    ).stdout


def eventually(holds: Callable[[], bool], *, within: float = TIMEOUT) -> None:
    """Look until ``holds`` says so; AssertionError after ``within`` seconds."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, f"not within {within} seconds"
        time.sleep(0.1)


def run_tests(*arguments: str, environment: dict[str, str]) -> None:
    """Run other tests of this project in a process of its own; its words are the failure's."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
