"""Who has a cart."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from catalog_service.tests.buyers import Buyer, some_buyers


@pytest.fixture
async def anna(app: FastAPI) -> AsyncIterator[Buyer]:
    async with some_buyers(app, 1) as [buyer]:
        yield buyer
