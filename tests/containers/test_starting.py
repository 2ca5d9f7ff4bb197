"""First starts, second starts, and starts that must not happen."""

import httpx2
import pytest

from standalone import registry
from testing.composed import ONE_SHOTS, SERVICES, Composed, docker
from testing.people import Person

pytestmark = pytest.mark.containers

MIGRATORS = 3


def test_several_migrators_may_start_concurrently(fresh: Composed) -> None:
    fresh.up("postgres")
    one_shots = [service.preparation for service in registry.with_database()] * MIGRATORS
    migrators = [fresh.start("run", "--rm", "--no-deps", "-T", name) for name in one_shots]
    said = [migrator.communicate(timeout=120)[0] for migrator in migrators]
    assert [migrator.returncode for migrator in migrators] == [0] * len(migrators), said
    assert len([words for words in said if "first administrator" in words]) == 1
    assert len([words for words in said if "Loaded" in words]) == 1
    fresh.up()
    assert _sign_in(fresh, "admin@example.com", fresh.admin_password()).status_code == 200


def test_down_and_up_again_keeps_the_data(fresh: Composed) -> None:
    fresh.up()
    person = Person()
    answer = httpx2.post(f"{fresh.url}/api/v1/auth/register", json=person.registration)
    assert answer.status_code == 201
    password = fresh.admin_password()
    fresh.run("down")
    fresh.up()
    assert _sign_in(fresh, person.email, person.registration["password"]).status_code == 200
    assert fresh.admin_password() == password


def test_data_whose_secrets_are_gone_are_reported_and_left_alone(fresh: Composed) -> None:
    fresh.up("postgres")
    fresh.run("down")
    docker("volume", "rm", f"{fresh.project}_secrets")
    refused = fresh.attempt("up", "--wait")
    assert refused.returncode != 0
    said = fresh.run("logs", "--no-log-prefix", "secrets").strip()
    assert "The database in /var/lib/postgresql/17 belongs to an earlier run" in said
    assert "docker compose down --volumes" in said
    assert "\n" not in said
    for service in {*SERVICES, *ONE_SHOTS} - {"secrets", "mail"}:
        assert fresh.inspect(service)["State"]["Status"] == "created"


def _sign_in(system: Composed, login: str, password: str) -> httpx2.Response:
    credentials = {"login": login, "password": password}
    return httpx2.post(f"{system.url}/api/v1/auth/login", json=credentials)
