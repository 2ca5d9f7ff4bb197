"""An administrator, who alone reads the log."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from catalog_service.tests.buyers import Buyer, some_buyers


@pytest.fixture
async def admin(app: FastAPI) -> AsyncIterator[Buyer]:
    async with some_buyers(app, 1, "admin") as [administrator]:
        yield administrator
