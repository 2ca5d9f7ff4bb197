"""The services on the PostgreSQL of a container, with their real migrations."""

from collections.abc import Iterator

import pytest
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.config import testcontainers_config

from tests.containers.composed import run_tests

pytestmark = pytest.mark.containers

IMAGE = "postgres:17-trixie"


@pytest.fixture(scope="module")
def database(engine: None) -> Iterator[str]:
    """The superuser's URL of a server that is gone afterwards."""
    testcontainers_config.ryuk_disabled = True  # it would have to be pulled; `with` cleans up
    with PostgresContainer(IMAGE, username="postgres", dbname="postgres", driver=None) as server:
        yield server.get_connection_url().replace("postgresql://", "postgres://", 1)


@pytest.mark.parametrize("service", ["auth_service", "catalog_service"])
def test_the_tests_of_a_service_pass(database: str, service: str) -> None:
    run_tests(
        service,
        "-m",
        "not containers and not soak and not node and not installing and not monitoring",
        environment={"TEST_DATABASE_URL": database},
    )
