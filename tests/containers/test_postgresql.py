"""The services on the PostgreSQL of a container, with their real migrations."""

from collections.abc import Iterator

import pytest
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.config import testcontainers_config

from testing.composed import run_tests

pytestmark = pytest.mark.containers

IMAGE = "postgres:17-trixie"


@pytest.fixture(scope="module")
def database(engine: None) -> Iterator[str]:
    """The superuser's URL of a server that is gone afterwards."""
    testcontainers_config.ryuk_disabled = True  # it would have to be pulled; `with` cleans up
    with PostgresContainer(IMAGE, username="postgres", dbname="postgres", driver=None) as server:
        yield server.get_connection_url().replace("postgresql://", "postgres://", 1)


def test_the_tests_of_orders_pass(database: str) -> None:
    """Orders, which lock the most; the tests' own container runs all tests on this image."""
    run_tests(
        "catalog_service/tests/orders",
        "-m",
        "not containers and not soak and not timing",
        environment={"TEST_DATABASE_URL": database},
    )
