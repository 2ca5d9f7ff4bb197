"""What can happen to a container, each as a block: it begins, lasts for a while, and is over."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from standalone import registry
from testing.composed import Composed, docker, eventually


@dataclass(frozen=True)
class Fault:
    """Something that happens to a service, and how it is called in the table."""

    name: str
    service: str
    begin: Callable[[Composed, str], None]
    end: Callable[[Composed, str], None]
    lasts: bool = True
    """Whether it goes on until it is ended."""
    system: str = "system"
    """The fixture that it happens to; `server` is that of docker-compose.prod.yml."""
    emails_twice: int | None = None
    """How many emails may go twice, where emails are looked for too."""
    honest: frozenset[int] = frozenset()
    """What clients may be answered beside the usual."""

    def __str__(self) -> str:
        return f"{self.service} {self.name}"


def container_of(system: Composed, service: str) -> str:
    """The container of a service; the first, where it has replicas."""
    return system.run("ps", "--all", "--quiet", service).split()[0]


def kill(system: Composed, service: str) -> None:
    """Kill the container's first process; the engine sees it end by itself, as after a crash."""
    process = _describe(system, service)["State"]["Pid"]
    code = f"import os; os.kill({process}, 9)"
    alone = ("--rm", "--pid=host", "--user=0", "--network=none", "--entrypoint=python")
    docker("run", *alone, "vitrina-secrets", "-c", code)


def kill_inside_a_transaction(database: str, table: str) -> Callable[[Composed, str], None]:
    """Kill it where it has written, but waits to write into ``table`` before it can commit."""

    def begin(system: Composed, service: str) -> None:
        hold = f"LOCK TABLE {table} IN SHARE MODE; SELECT pg_sleep(60)"
        holder = threading.Thread(target=system.ask, args=(database, hold))
        holder.start()
        try:
            eventually(lambda: system.ask(database, _WAITS.format(table)).stdout.strip() == "t")
            kill(system, service)
        finally:
            system.ask(database, _LET_GO)
            holder.join()

    return begin


_WAITS = """
    SELECT count(*) > 0 FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND backend_xid IS NOT NULL AND query LIKE 'INSERT INTO "{}"%'
"""
_LET_GO = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LOCK TABLE %'"


def pause(system: Composed, service: str) -> None:
    docker("pause", container_of(system, service))


def go_on(system: Composed, service: str) -> None:
    docker("unpause", container_of(system, service))


def cut(system: Composed, service: str) -> None:
    """Take it out of every network, as a broken cable does: nobody is informed."""
    for network in _describe(system, service)["NetworkSettings"]["Networks"]:
        docker("network", "disconnect", network, container_of(system, service))


def join(system: Composed, service: str) -> None:
    """Back into the networks of the compose file; the engine publishes its ports again."""
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


def step(seconds: str) -> Callable[[Composed, str], None]:
    """Set its clock so far ahead or behind, from one moment to the next."""

    def begin(system: Composed, service: str) -> None:
        system.run("exec", "-T", service, "sh", "-c", f"echo {seconds} >/tmp/clock")

    return begin


def nothing(system: Composed, service: str) -> None:
    """It passes by itself."""


_NETWORKS = {
    "gateway": ("services",),
    "auth": ("services", "database"),
    "catalog": ("services", "database"),
    "mailing": ("services", "database"),
    "web": ("services", "database"),
    "postgres": ("database",),
    "mail": ("services",),
    "front": ("services",),
}
_NOT_UNDER_LOAD = {"mailing", "web"}
"""The load buys and signs in by the API; the tests of these two services break them."""
REPLICATED = tuple(
    service.name
    for service in registry.services()
    if service.scalable and service.name not in _NOT_UNDER_LOAD
)
STEPPED = REPLICATED
# A service whose clock is wrong refuses tokens that are good, or issues what others refuse.
UNAUTHORIZED = frozenset({401})

KILLED = [
    *(
        Fault("killed (-9)", service, kill, nothing, lasts=False)
        for service in (*REPLICATED, "postgres")
    ),
    Fault("killed (-9)", "mail", kill, nothing, lasts=False, emails_twice=0),
]
INSIDE = [
    Fault(
        "killed (-9) inside a transaction",
        service,
        kill_inside_a_transaction(service, table),
        nothing,
        lasts=False,
        emails_twice=1 if service == "auth" else None,
    )
    for service, table in {"auth": "letters", "catalog": "order_line"}.items()
]
EMAILS_TWICE = {"mail": 1}
"""Cut off or paused, the catcher may have taken the email whose acceptance nobody heard."""
PAUSED = [
    Fault("paused", service, pause, go_on, emails_twice=EMAILS_TWICE.get(service))
    for service in (*REPLICATED, "postgres", "mail")
]
CUT = [
    Fault("cut from the network", service, cut, join, emails_twice=EMAILS_TWICE.get(service))
    for service in (*REPLICATED, "postgres", "mail")
]
RESTARTED = [Fault("restarted", "postgres", restart, nothing, lasts=False)]
FULL = [Fault("disk full", "postgres", fill, free)]
CLOCKS = [
    Fault(f"clock 10 minutes {name}", service, step(seconds), step("+0"), honest=UNAUTHORIZED)
    for name, seconds in {"ahead": "+600", "behind": "-600"}.items()
    for service in STEPPED
]
FRONT = [
    Fault("killed (-9)", "front", kill, nothing, lasts=False, system="server"),
    Fault("paused", "front", pause, go_on, system="server"),
    Fault("cut from the network", "front", cut, join, system="server"),
]
REPLICAS = [
    fault
    for service in REPLICATED
    for fault in (
        Fault("(one of two) killed (-9)", service, kill, nothing, lasts=False, system="server"),
        Fault("(one of two) paused", service, pause, go_on, system="server"),
        Fault("(one of two) cut from the network", service, cut, join, system="server"),
    )
]
ALL = [*KILLED, *INSIDE, *PAUSED, *CUT, *RESTARTED, *FULL, *CLOCKS, *FRONT, *REPLICAS]
QUICK = {
    "catalog killed (-9)",
    "postgres killed (-9)",
    "mail killed (-9)",
    "catalog killed (-9) inside a transaction",
    "gateway paused",
    "auth cut from the network",
    "postgres disk full",
    "catalog clock 10 minutes ahead",
    "front killed (-9)",
}


def _describe(system: Composed, service: str) -> dict[str, Any]:
    described: list[dict[str, Any]] = json.loads(docker("inspect", container_of(system, service)))
    return described[0]
