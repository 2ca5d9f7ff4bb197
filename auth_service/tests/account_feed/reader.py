"""A follower of the feed, as simple as it can be: a dictionary and a cursor."""

from typing import Any

import httpx2

from auth_service.tests.internal import guarded

PATH = "/internal/accounts"


class Follower:
    """What a follower knows of accounts by their ids; None of those that are erased."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self.cursor = ""
        self.accounts: dict[str, Any] = {}
        self.restarts = 0

    async def read(self) -> list[str]:
        """Read all that there is; return the ids in the order in which they came."""
        came: list[str] = []
        while True:
            page = await self.page()
            came += [account["id"] for account in page["accounts"]]
            if page["complete"]:
                return came

    async def page(self) -> dict[str, Any]:
        """Read one page."""
        params = {"after": self.cursor} if self.cursor else {}
        response = await self._client.get(PATH, params=params, headers=guarded())
        assert response.status_code == 200, response.text
        page: dict[str, Any] = response.json()
        if page["restarts"]:
            self.restarts += 1
            self.accounts.clear()
        for account in page["accounts"]:
            self.accounts[account["id"]] = None if account["is_erased"] else account
        self.cursor = page["cursor"]
        return page
