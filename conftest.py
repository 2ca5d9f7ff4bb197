"""What the tests of every part stand on: a real PostgreSQL."""

import os
from collections.abc import Iterator

import pytest

from standalone.postgres import temporary_server


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The superuser URL of TEST_DATABASE_URL, or of an embedded server that is gone afterwards."""
    configured = os.environ.get("TEST_DATABASE_URL")
    if configured:
        yield configured
        return
    with temporary_server() as url:
        yield url
