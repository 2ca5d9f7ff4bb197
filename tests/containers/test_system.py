"""The whole system in containers does what it does without, and gets up when it falls."""

import time

import httpx2
import pytest

from standalone import registry
from testing.composed import SERVICES, Composed, eventually, run_tests
from testing.people import Person, bearer

pytestmark = pytest.mark.containers

PROGRAMS = [program.name for service in registry.services() for program in service.programs]


def test_the_whole_system_tests_pass(running: Composed) -> None:
    run_tests(
        "tests",
        "-m",
        "not containers and not soak and not node and not installing and not monitoring"
        " and not browser",
        environment={
            "VITRINA_URL": running.url,
            "VITRINA_ADMIN_PASSWORD": running.admin_password(),
        },
    )


@pytest.mark.parametrize("service", PROGRAMS)
def test_a_killed_service_is_started_again(running: Composed, service: str) -> None:
    before = running.inspect(service)["RestartCount"]
    running.attempt("exec", "-T", service, "python", "-c", "import os; os.kill(-1, 9)")
    eventually(lambda: bool(running.inspect(service)["RestartCount"] > before))
    eventually(lambda: bool(running.inspect(service)["State"]["Health"]["Status"] == "healthy"))
    eventually(lambda: _status(running, "/health/ready") == 200)


def test_the_services_outlive_the_database(running: Composed, token: str) -> None:
    restarts = {name: running.inspect(name)["RestartCount"] for name in PROGRAMS}
    running.run("stop", "postgres")
    eventually(lambda: _status(running, "/api/v1/products", token) == 503)
    running.run("start", "postgres")
    eventually(lambda: _status(running, "/api/v1/products", token) == 200)
    for name, count in restarts.items():
        assert running.inspect(name)["RestartCount"] == count


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_ends_as_soon_as_it_is_stopped(running: Composed, service: str) -> None:
    begun = time.monotonic()
    running.run("stop", service)
    assert time.monotonic() - begun < 15
    assert running.inspect(service)["State"]["ExitCode"] in {0, 143}
    running.up()


@pytest.fixture
def token(running: Composed) -> str:
    """The access token of somebody who has just registered."""
    person = Person()
    with httpx2.Client(base_url=running.url) as client:
        client.post("/api/v1/auth/register", json=person.registration).raise_for_status()
        credentials = {
            "login": person.phone_as_written,
            "password": person.registration["password"],
        }
        answer = client.post("/api/v1/auth/login", json=credentials).raise_for_status()
    access_token: str = answer.json()["access_token"]
    return access_token


def _status(system: Composed, path: str, token: str | None = None) -> int:
    """The status of an answer; 0 where there is none."""
    try:
        return httpx2.get(f"{system.url}{path}", headers=bearer(token)).status_code
    except httpx2.TransportError:
        return 0
