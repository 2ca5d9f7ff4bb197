"""What the site of browser tests does when these take longer than a token lives."""

from typing import Any, cast

import httpx2

from testing.background import BackgroundSystem
from testing.browser.site import Member, Site
from testing.people import Person, Shop


async def test_a_token_that_is_over_is_replaced() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/login"):
            return httpx2.Response(200, json={"access_token": "new"})
        is_new = request.headers["Authorization"] == "Bearer new"
        return httpx2.Response(200 if is_new else 401, json={"asked": request.method})

    async with httpx2.AsyncClient(
        base_url="http://shop", transport=httpx2.MockTransport(answer)
    ) as client:
        site = Site(cast(BackgroundSystem, None), Shop(client), cast(Any, None))
        site.members["user"] = Member(Person(), "1", "old", "en", {})
        assert await site.ask("user", "PATCH", "/users/me", {}) == {"asked": "PATCH"}
        assert site.members["user"].token == "new"
