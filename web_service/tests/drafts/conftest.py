"""A blog manager in a browser."""

import httpx2
import pytest

from web_service.tests.conftest import SignIn
from web_service.tests.drafts.blog import script_blog
from web_service.tests.fake_gateway import FakeGateway


@pytest.fixture
def blog(gateway: FakeGateway) -> FakeGateway:
    """A gateway that has one article."""
    script_blog(gateway)
    return gateway


@pytest.fixture
async def anna(sign_in: SignIn, blog: FakeGateway) -> httpx2.AsyncClient:
    """The browser of somebody who writes."""
    assert blog
    return await sign_in("blog_manager")
