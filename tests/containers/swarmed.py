"""A system on a swarm of one node, as an operator deploys it: its own names, network and ports."""

import json
import os
import secrets
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from standalone.ports import free_port
from testing.background import FOR_A_CROWD
from testing.composed import ROOT, docker, eventually

TIMEOUT = 600.0
"""Seconds for `deploy/swarm/deploy`, which builds what has not been built before."""

REPLICAS = {
    "front": 1,
    "gateway": 1,
    "auth": 1,
    "catalog": 2,
    "mailing": 1,
    "mailing-worker": 1,
    "web": 1,
    "postgres": 1,
}


class Swarmed:
    """One stack; `deploy` brings it to the settings of now."""

    def __init__(self, folder: Path, certificate: Path) -> None:
        self.stack = f"vitrina-test-{secrets.token_hex(4)}"
        self.port = free_port()
        self.trusted: ssl.SSLContext | None = None
        if certificate.is_file():
            self.trusted = ssl.create_default_context(cafile=str(certificate))
        self.settings: dict[str, object] = {
            "PUBLIC_URL": f"https://localhost:{self.port}",
            "HTTPS_PORT": self.port,
            "HTTP_PORT": free_port(),
            "TLS_CERTIFICATE_FILE": certificate,
            "AUTH_SMTP_HOST": "mail.example",
            "AUTH_SMTP_FROM": '"Shop <shop@example.com>"',
            "AUTH_ADMIN_EMAIL": "admin@example.com",
            "GATEWAY_REPLICAS": REPLICAS["gateway"],
            "AUTH_REPLICAS": REPLICAS["auth"],
            "MAILING_SMTP_HOST": "mail.example",
            "MAILING_FROM": '"Shop <news@example.com>"',
            "MAILING_POSTAL_ADDRESS": "Shop, 1 High Street, London",
            "MAILING_REPLICAS": REPLICAS["mailing"],
            "MAILING_WORKERS": REPLICAS["mailing-worker"],
            "WEB_REPLICAS": REPLICAS["web"],
            "SERVICES_SUBNET": "10.243.0.0/24",
            **FOR_A_CROWD,
        }
        self._file = folder / "settings.env"

    @property
    def url(self) -> str:
        """The address of the front."""
        return f"https://localhost:{self.port}"

    def deploy(self, **changed: str) -> subprocess.CompletedProcess[str]:
        """Deploy the code and the settings of now, of which these have changed."""
        self.settings |= changed
        lines = "".join(f"{name}={value}\n" for name, value in self.settings.items())
        self._file.write_text(f"# Settings.\n\n{lines}")
        return self.run("deploy/swarm/deploy")

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of an operator, for this stack and with these settings."""
        return subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "STACK": self.stack, "SETTINGS": str(self._file)},
            stdin=subprocess.DEVNULL,
            check=False,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )

    def containers(self, service: str) -> list[dict[str, Any]]:
        """What the engine knows about the running containers of a service."""
        label = f"label=com.docker.swarm.service.name={self.stack}_{service}"
        running = docker("ps", "--quiet", "--filter", label).split()
        described: list[dict[str, Any]] = json.loads(docker("inspect", *running)) if running else []
        return described

    def ids(self, service: str) -> set[str]:
        """The running containers of a service."""
        return {container["Id"] for container in self.containers(service)}

    def update(self, service: str, *options: str) -> None:
        """Change a service behind the back of the files, and do not wait."""
        docker("service", "update", "--detach", "--quiet", *options, f"{self.stack}_{service}")

    def update_state(self, service: str) -> str:
        """What has become of the last update of a service."""
        template = "{{with .UpdateStatus}}{{.State}}{{end}}"
        return docker("service", "inspect", "--format", template, f"{self.stack}_{service}").strip()

    def execute(self, service: str, *command: str) -> str:
        """What a command prints inside a container of a service; AssertionError if it fails."""
        container = sorted(self.ids(service))[0]
        done = subprocess.run(
            ["docker", "exec", container, *command],
            stdin=subprocess.DEVNULL,
            check=False,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, database: str, query: str) -> subprocess.CompletedProcess[str]:
        """Ask PostgreSQL as its superuser."""
        program = 'PGPASSWORD=$(cat /run/secrets/postgres_password) exec psql "$@"'
        options = ("-h127.0.0.1", "-Upostgres", f"-d{database}", "-At", "-c", query)
        printed = self.execute("postgres", "sh", "-c", program, "psql", *options)
        return subprocess.CompletedProcess([], 0, printed, "")

    def secrets(self) -> dict[str, str]:
        """The engine's secrets of this stack: the numbers that it gave them, by their names."""
        return _named("secret", self.stack)

    def import_products(self) -> None:
        """Have something to sell."""
        lines = "".join(f"Chair {n},{1000 + n}\\n" for n in range(20))
        write = f"printf 'name,price\\n{lines}' >/tmp/chairs.csv"
        read = "python -m catalog_service.cli import /tmp/chairs.csv"
        self.execute("catalog", "sh", "-c", f"{write} && {read}")

    def remove(self) -> None:
        """Leave nothing but images."""
        subprocess.run(["docker", "stack", "rm", self.stack], check=False, capture_output=True)
        label = f"label=com.docker.stack.namespace={self.stack}"
        eventually(lambda: not docker("ps", "--quiet", "--filter", label))
        for ended in docker("ps", "--all", "--quiet", "--filter", label).split():
            subprocess.run(["docker", "rm", "--force", ended], check=False, capture_output=True)
        eventually(lambda: not docker("network", "ls", "--quiet", "--filter", label))
        for kind in ("secret", "volume", "config"):
            for name in _named(kind, self.stack):
                docker(kind, "rm", name)


def _named(kind: str, stack: str) -> dict[str, str]:
    number = "{{.Name}}" if kind == "volume" else "{{.ID}}"
    listed = docker(kind, "ls", "--format", f"{{{{.Name}}}} {number}").splitlines()
    return dict(line.split() for line in listed if line.startswith(f"{stack}_"))


@contextmanager
def swarm() -> Iterator[None]:
    """The engine is a swarm's manager; if it was not, it is not afterwards."""
    if docker("info", "--format", "{{.Swarm.LocalNodeState}}").strip() == "active":
        yield
        return
    networks = set(docker("network", "ls", "--format", "{{.Name}}").split())
    here = ("--advertise-addr=127.0.0.1", "--listen-addr=127.0.0.1")
    docker("swarm", "init", *here)
    try:
        yield
    finally:
        docker("swarm", "leave", "--force")
        if "docker_gwbridge" not in networks:
            docker("network", "rm", "docker_gwbridge")  # which leaving does not


@contextmanager
def swarmed(folder: Path, certificate: Path) -> Iterator[Swarmed]:
    """A stack that has not been deployed, and is gone afterwards."""
    with swarm():
        system = Swarmed(folder, certificate)
        try:
            yield system
        finally:
            system.remove()
