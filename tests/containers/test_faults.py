"""Whatever happens to a container under load, nothing that was acknowledged is lost.

``FAULT_SECONDS`` says how long what lasts is to last (`make faults`: 10), and ``FAULT_TABLE`` names
a file for the table of docs/operations.md, which is written anew.
"""

import asyncio
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from standalone import registry
from testing.background import FOR_A_CROWD
from testing.composed import Composed, composed, docker
from tests.containers.fault_table import FaultTable
from tests.containers.faults import ALL, QUICK, STEPPED, Fault
from tests.containers.load import KINDS, NOTHING, Load, loaded
from tests.containers.reconciliation import (
    count_the_stock,
    require_emails,
    require_nothing_lost,
)

pytestmark = [pytest.mark.containers, pytest.mark.usefixtures("images")]

SECONDS = float(os.environ.get("FAULT_SECONDS", "2"))
BEFORE = 1.0
"""Seconds of load before anything happens."""
TIMEOUT = 60.0
"""Seconds in which everything has to work again."""
SLOW = 1.0
"""Seconds from which on a good answer is late enough to be reported."""
HONEST = {200, 201, 502, 503, 504, NOTHING}
"""What a client may be answered meanwhile; none of it says more than is known."""

CLOCK = Path(__file__).parent / "clock.Dockerfile"
USERS = {service.name: service.user for service in registry.services()}
EASY_TO_HURT = {
    "services": {
        "gateway": {"image": "vitrina-gateway-clock", "environment": FOR_A_CROWD},
        "auth": {"image": "vitrina-auth-clock", "environment": FOR_A_CROWD},
        "catalog": {"image": "vitrina-catalog-clock"},
        "mailing": {"image": "vitrina-mailing-clock"},
    },
    "volumes": {
        "database": {
            "driver_opts": {"type": "tmpfs", "device": "tmpfs", "o": "size=256m,mode=1777"}
        }
    },
}


@pytest.fixture(scope="module")
def system(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """A system with clocks that can be set, and a small disk for its database.

    The disk is memory, so somebody keeps it while the server is away.
    """
    for name in STEPPED:
        user = USERS[name]
        arguments = (f"--build-arg=BASE=vitrina-{name}", f"--build-arg=OWNER={user}:{user}")
        named = (f"--file={CLOCK}", f"--tag=vitrina-{name}-clock")
        docker("build", *arguments, *named, str(CLOCK.parent))
    folder = tmp_path_factory.mktemp("faults")
    override = folder / "easy-to-hurt.json"
    override.write_text(json.dumps(EASY_TO_HURT))
    with composed(folder, "docker-compose.yml", str(override)) as system:
        system.run("create")
        name = f"{system.project}-keeper"
        volume = f"--volume={system.project}_database:/kept"
        wait = ("-c", "import time; time.sleep(3600)")
        docker("run", "--detach", "--rm", f"--name={name}", volume, *_PYTHON, *wait)
        try:
            system.up()
            yield system
        finally:
            docker("kill", name)


_PYTHON = ("--entrypoint=python", "vitrina-secrets")


@pytest.fixture(scope="module")
def table() -> FaultTable:
    """Where it is written down what clients saw."""
    file = os.environ.get("FAULT_TABLE")
    return FaultTable([str(fault) for fault in ALL], Path(file) if file else None)


def _marked(fault: Fault) -> ParameterSet:
    """The quick ones stand for the rest, which `make faults` runs too."""
    return pytest.param(
        fault, id=str(fault), marks=[] if str(fault) in QUICK else [pytest.mark.soak]
    )


@pytest.mark.parametrize("fault", [_marked(fault) for fault in ALL])
async def test_nothing_acknowledged_is_lost(
    request: pytest.FixtureRequest, table: FaultTable, fault: Fault
) -> None:
    with table.row(str(fault)) as row:
        row.extend(await _survived(request.getfixturevalue(fault.system), fault))


async def _survived(system: Composed, fault: Fault) -> list[str]:
    """Have it happen, and find everything; the cells of its row."""
    count_the_stock(system)
    async with loaded(system) as load:
        await asyncio.sleep(BEFORE)
        assert load.failures() == {}
        begun = time.monotonic()
        await asyncio.to_thread(fault.begin, system, fault.service)
        try:
            await asyncio.sleep(SECONDS if fault.lasts else 0)
        finally:
            await asyncio.to_thread(fault.end, system, fault.service)
        over = time.monotonic()
        await _everything_works(load, since=over)
    ended = over if fault.lasts else begun
    assert {status for _, status in load.statuses()} <= HONEST | fault.honest
    found = require_nothing_lost(system, load)
    twice = None if fault.emails_twice is None else require_emails(system, load)
    assert (twice or 0) <= (fault.emails_twice or 0)
    return [
        f"{ended - begun:.0f} s",
        _seen(load, since=begun),
        f"{max(load.outage(what, since=begun) for what in KINDS):.1f} s",
        f"{max(load.works_since(since=begun) - ended, 0):.1f} s",
        f"{found}" if twice is None else f"{found}; all emails, {twice} twice",
    ]


async def _everything_works(load: Load, *, since: float) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not load.works(since=since):
        assert time.monotonic() < deadline, load.statuses(since=deadline - 10)
        await asyncio.sleep(0.1)


def _seen(load: Load, *, since: float) -> str:
    """What clients saw beside good answers in good time."""
    seen = [
        f"{what}: {status or 'no answer'} × {count}"
        for (what, status), count in sorted(load.failures(since=since).items())
    ]
    if (slowest := load.slowest(since=since)) >= SLOW:
        seen.append(f"a good answer after {slowest:.1f} s")
    return ", ".join(seen) or "nothing"
