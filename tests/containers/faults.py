"""What can happen to a container, each as a block: it begins, lasts for a while, and is over."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.containers.composed import Composed, docker, eventually


@dataclass(frozen=True)
class Fault:
    """Something that happens to a service, and how it is called in the table."""

    name: str
    service: str
    begin: Callable[[Composed, str], None]
    end: Callable[[Composed, str], None]
    lasts: bool = True
    """Whether it goes on until it is ended."""

    def __str__(self) -> str:
        return f"{self.service} {self.name}"


def container_of(system: Composed, service: str) -> str:
    return system.run("ps", "--all", "--quiet", service).strip()


def kill(system: Composed, service: str) -> None:
    """Kill the container's first process; the engine sees it end by itself, as after a crash."""
    process = system.inspect(service)["State"]["Pid"]
    code = f"import os; os.kill({process}, 9)"
    alone = ("--rm", "--pid=host", "--user=0", "--network=none", "--entrypoint=python")
    docker("run", *alone, "vitrina-secrets", "-c", code)


def pause(system: Composed, service: str) -> None:
    docker("pause", container_of(system, service))


def go_on(system: Composed, service: str) -> None:
    docker("unpause", container_of(system, service))


def cut(system: Composed, service: str) -> None:
    """Take it out of every network, as a broken cable does: nobody is told."""
    for network in _networks(system, service):
        docker("network", "disconnect", network, container_of(system, service))


def join(system: Composed, service: str) -> None:
    """Back into the networks of the compose file."""
    for network in _NETWORKS[service]:
        name = f"{system.project}_{network}"
        docker("network", "connect", f"--alias={service}", name, container_of(system, service))


def restart(system: Composed, service: str) -> None:
    system.run("restart", service)


def fill(system: Composed, service: str) -> None:
    """Leave no byte free where the database is, and have it need some for its log."""
    command = "dd if=/dev/zero of=/var/lib/postgresql/full bs=64k; true"
    system.attempt("exec", "-T", service, "sh", "-c", command)
    query = "SELECT pg_logical_emit_message(false, 'full', repeat('x', 40000000))"
    assert system.ask("postgres", query).returncode != 0


def free(system: Composed, service: str) -> None:
    """Remove what filled it; its server may just be starting again."""
    remove = ("exec", "-T", service, "rm", "-f", "/var/lib/postgresql/full")
    eventually(lambda: system.attempt(*remove).returncode == 0)


def step(system: Composed, service: str) -> None:
    """Set its clock ten minutes ahead, from one moment to the next."""
    system.run("exec", "-T", service, "sh", "-c", "echo +600 >/tmp/clock")


def step_back(system: Composed, service: str) -> None:
    system.run("exec", "-T", service, "sh", "-c", "echo +0 >/tmp/clock")


def nothing(system: Composed, service: str) -> None:
    """It passes by itself."""


_NETWORKS = {
    "auth": ("services", "database"),
    "catalog": ("services", "database"),
    "postgres": ("database",),
}

KILLED = [
    Fault("killed (-9)", service, kill, nothing, lasts=False)
    for service in ("gateway", "auth", "catalog", "postgres")
]
PAUSED = [
    Fault("paused", service, pause, go_on) for service in ("gateway", "auth", "catalog", "postgres")
]
CUT = [Fault("cut from the network", service, cut, join) for service in _NETWORKS]
RESTARTED = [Fault("restarted", "postgres", restart, nothing, lasts=False)]
FULL = [Fault("disk full", "postgres", fill, free)]
STEPPED = [
    Fault("clock 10 minutes ahead", service, step, step_back) for service in ("auth", "catalog")
]
ALL = [*KILLED, *PAUSED, *CUT, *RESTARTED, *FULL, *STEPPED]
QUICK = [KILLED[1], KILLED[3], PAUSED[2], CUT[2], *FULL, STEPPED[0]]


def _networks(system: Composed, service: str) -> list[str]:
    described: list[dict[str, Any]] = json.loads(docker("inspect", container_of(system, service)))
    return list(described[0]["NetworkSettings"]["Networks"])
