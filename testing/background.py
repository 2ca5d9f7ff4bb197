"""The whole system behind the scenes, on free ports, for tests that break parts of it."""

import os
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from standalone import reaper
from standalone.postgres.server import Postgres
from standalone.readiness import wait_until_ready
from standalone.runner import reaped
from standalone.services import Program, services
from standalone.settings import NO_DATABASES, ROOT, StandaloneSettings
from standalone.system import CannotStart, System
from testing.ports import ports_of_a_system

MANY = str(10**9)
FOR_A_CROWD = {
    "GATEWAY_ADDRESS_LIMIT": MANY,
    "GATEWAY_USER_LIMIT": MANY,
    "GATEWAY_SIGN_IN_LIMIT": MANY,
    "AUTH_REGISTRATIONS_PER_HOUR": "0",
    "AUTH_EMAILS_PER_HOUR": "0",
    "GATEWAY_ADDRESS_CONCURRENCY": "0",
    "GATEWAY_USER_CONCURRENCY": "0",
    "GATEWAY_SIGN_IN_CONNECTIONS": "32",
    "AUTH_HASH_QUEUE_SIZE": "100",
}
"""What lets tests and benchmarks be a thousand people from one address."""


class BackgroundSystem:
    """Start it, hurt it, mend it, stop it; each service writes to a log in ``folder``.

    ``environment`` is added to that of every service, which lets a crowd in from one address.
    """

    def __init__(self, folder: Path, *, environment: Mapping[str, str] | None = None) -> None:
        ports: Mapping[str, Any] = ports_of_a_system()
        self.settings = StandaloneSettings(
            vitrina_data=folder,
            public_url=None,
            bootstrap_database_url=None,
            **ports,
            **NO_DATABASES,
        )
        self.url = f"http://127.0.0.1:{self.settings.gateway_port}"
        self._system = System(self.settings, durable=False)
        self._environment = {**FOR_A_CROWD, **(environment or {})}
        self._reapers: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def postgres(self) -> Postgres:
        """The database: ``stop`` it and ``start`` it again."""
        if self._system.postgres is None:
            raise RuntimeError("the system has not been started")
        return self._system.postgres

    def start(self) -> None:
        """Start everything and wait until the gateway is ready."""
        self._system.prepare()
        for program in self._programs().values():
            self._start(program)
        self.wait_until_ready()

    def stop(self) -> None:
        """Stop everything, the services first."""
        for process in self._reapers.values():
            if process.stdin:
                process.stdin.close()
        for process in self._reapers.values():
            reaper.release(process)
        self._reapers.clear()
        self._system.close()

    def __enter__(self) -> "BackgroundSystem":
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_until_ready(self) -> None:
        """Wait until all answer, the mail catcher too; CannotStart with the logs if they do not."""
        if not self._is_ready():
            logs = "\n".join(f"{name}: {self.log(name)[-2000:]}" for name in self._reapers)
            raise CannotStart(f"The system was not ready within 60 seconds.\n{logs}")

    def process(self, name: str) -> psutil.Process:
        """The running process of a service: to send it signals, to look at its memory."""
        children = psutil.Process(self._reapers[name].pid).children()
        return children[0]

    def kill(self, name: str) -> None:
        """End a service as ``kill -9`` does."""
        self.process(name).kill()
        self.wait(name)

    def wait(self, name: str) -> int:
        """Block until a service has ended; its exit status, 128 and the signal for a killed one."""
        process = self._reapers.pop(name)
        status = process.wait()
        reaper.release(process)
        return status

    def start_service(self, name: str) -> None:
        """Start a service that has ended."""
        self._start(self._programs()[name])

    def log(self, name: str) -> str:
        """All that a service has said."""
        return self._log(name).read_text(errors="replace")

    def _is_ready(self) -> bool:
        """Whether all answer, and the mail catcher listens, which nobody needs to be ready."""
        mail = (self.settings.mail_smtp_port, self.settings.mail_web_port)
        return wait_until_ready(self.settings, timeout=60) and all(map(_listens, mail))

    def _programs(self) -> dict[str, Program]:
        return {program.name: program for program in services(self.settings)}

    def _start(self, program: Program) -> None:
        with self._log(program.name).open("ab") as log:
            os.fchmod(log.fileno(), 0o600)
            self._reapers[program.name] = subprocess.Popen(
                reaped(program),
                env={**program.environment, **self._environment},
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _log(self, name: str) -> Path:
        return self.settings.data_folder / f"{name}.log"


def _listens(port: int) -> bool:
    """Whether a process takes connections at ``port`` within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as visitor:
            if visitor.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False
