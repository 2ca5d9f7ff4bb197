"""An auth that says of accounts what a test wants, in this process or by HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from shared.account_feed.batches import AccountState, FeedPage
from shared.account_feed.reading import FeedUnavailable


class ScriptedAuth:
    """Has accounts, and gives a reader those that changed, as auth's feed does."""

    url = "http://auth/internal/accounts"

    def __init__(self) -> None:
        self.accounts: dict[UUID, AccountState] = {}
        self.changes: list[UUID] = []
        self.is_away = False
        self.answers = asyncio.Event()
        self.answers.set()
        self.page_size = 1000
        self.epoch = "a"

    def has(self, id_: UUID | None = None, **changes: object) -> UUID:
        """Let there be this account from now on, or change it."""
        id_ = id_ or uuid4()
        known = self.accounts.get(id_)
        state = known.model_dump() if known is not None else _anna(id_)
        self.accounts[id_] = AccountState.model_validate(state | changes)
        self.changes.append(id_)
        return id_

    def erase(self, id_: UUID) -> None:
        """Let there be no such account any more."""
        self.has(id_, is_erased=True, full_name="", email=None, roles=())

    async def read(self, cursor: str) -> FeedPage:
        """Answer as auth does: what changed after the cursor, or all accounts anew."""
        await self.answers.wait()
        if self.is_away:
            raise FeedUnavailable("status 503")
        epoch, _, place = cursor.partition(":")
        restarts = epoch != self.epoch
        after = 0 if restarts else int(place)
        ids = self.changes[after : after + self.page_size]
        states = [self.accounts[one] for one in dict.fromkeys(ids)]
        return FeedPage(
            cursor=f"{self.epoch}:{after + len(ids)}",
            restarts=restarts,
            complete=after + len(ids) == len(self.changes),
            accounts=tuple(one for one in states if not (restarts and one.is_erased)),
        )

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Answer by HTTP at the URL that this gives."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            query = parse_qs(urlsplit(head.split()[1].decode()).query)
            try:
                page = await self.read(query.get("after", [""])[0])
                status, body = "200 OK", page.model_dump_json().encode()
            except FeedUnavailable:
                status, body = "503 Service Unavailable", b"{}"
            fields = f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            writer.write(f"HTTP/1.1 {status}\r\n{fields}".encode() + body)
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/internal/accounts"


def _anna(id_: UUID) -> dict[str, object]:
    return {
        "id": id_,
        "is_erased": False,
        "full_name": "Anna Karenina",
        "email": "anna@example.com",
        "is_email_verified": True,
        "is_active": True,
        "roles": ("user",),
        "language": "ru",
        "time_zone": "Europe/Moscow",
    }
