"""Those who write articles."""

from collections.abc import Callable

import pytest

from mailing_service.tests.conftest import Person


@pytest.fixture
async def editor(somebody: Callable[..., Person]) -> Person:
    """Somebody who writes articles."""
    return somebody("blog_manager")


@pytest.fixture
async def colleague(somebody: Callable[..., Person]) -> Person:
    """Somebody else who does."""
    return somebody("blog_manager")
