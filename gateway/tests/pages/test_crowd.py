"""Three hundred people, each of whose pages waits for requests to the API through the same gateway.

The gateway is a process of its own, as in production, and the web service one that asks for the
person before it.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from testing.gateway.behalf import SECRET, on_behalf_of
from testing.gateway.keys_and_snapshots import publish_keys, snapshot
from testing.gateway.processes import GatewayProcess, gateway_process
from testing.gateway.raw_client import LOGIN, PRODUCTS, Reply, ask, connected, request
from testing.gateway.raw_service import Peer, RawService, keep_silent, raw_service, until
from testing.tokens import access_token, numbered

PEOPLE = 300
LIMITS = {
    "GATEWAY_SIGN_IN_LIMIT": "2",
    "GATEWAY_ADDRESS_LIMIT": "6",
    "GATEWAY_ADDRESS_CONCURRENCY": "1",
    "GATEWAY_USER_CONCURRENCY": "1",
}
"""So little for each that all together would have far too little."""

FEW_CONNECTIONS = {
    "GATEWAY_MAX_CONNECTIONS": "4",
    "GATEWAY_QUEUE_SIZE": "1000",
    "GATEWAY_QUEUE_TIMEOUT": "60",
    "GATEWAY_SIGN_IN_QUEUE_TIMEOUT": "60",
    "GATEWAY_CONNECT_TIMEOUT": "60",
    "GATEWAY_RESPONSE_TIMEOUT": "60",
    "SHUTDOWN_TIMEOUT": "1",
}


def shown(reply: Reply) -> tuple[int, bytes]:
    """Return what somebody sees of a page."""
    return reply.status, reply.body[:15]


@dataclass(slots=True)
class Web:
    """A web service that answers with the status of what it has asked the gateway for."""

    gateway_port: int = 0

    async def serve(self, peer: Peer) -> None:
        """Serve one connection of the gateway's, by one of its own to the gateway."""
        async with connected(self.gateway_port) as client:
            while True:
                seen = await peer.request()
                (address,) = seen.values(b"x-forwarded-for")
                person = re.search(rb"person=(\d+)", seen.head)
                token = access_token(sub=numbered(int(person[1]))) if person else ""
                said = (on_behalf_of(address.decode()), f"authorization: Bearer {token}")
                line, body = (LOGIN, b"{}") if b"/users/login/" in seen.line else (PRODUCTS, b"")
                reply = await client.ask(request(line, *said, body=body))
                await peer.answer(b"%d" % reply.status)


@dataclass(frozen=True, slots=True)
class Crowd:
    """People before a gateway."""

    gateway: GatewayProcess
    catalog: RawService

    async def look_at(self, person: int, line: str) -> Reply:
        """Open a page as somebody at an address of one's own."""
        fields = (
            f"x-forwarded-for: 10.1.{person // 256}.{person % 256}",
            f"cookie: person={person}",
        )
        return await ask(self.gateway.port, request(line, *fields))

    async def all_look_at(self, line: str) -> Counter[tuple[int, bytes]]:
        """Let all open a page, all within the same moment; count what they see."""
        replies = await asyncio.gather(*(self.look_at(person, line) for person in range(PEOPLE)))
        return Counter(map(shown, replies))


@pytest.fixture
async def crowd() -> AsyncIterator[Crowd]:
    async with raw_service() as auth, raw_service() as catalog, raw_service() as service:
        auth.script, auth.snapshot = publish_keys, snapshot()
        web = Web()
        service.script = web.serve
        settings = {
            "GATEWAY_WEB_URL": service.url,
            "ON_BEHALF_SECRETS": json.dumps([SECRET]),
            "TRUSTED_PROXIES": '["127.0.0.1/32"]',
            "GATEWAY_CACHE_SIZE": "0",
            **LIMITS,
            **FEW_CONNECTIONS,
        }
        async with gateway_process(auth, catalog, **settings) as gateway:
            web.gateway_port = gateway.port
            yield Crowd(gateway, catalog)


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("POST /users/login/", (200, b"429")),  # by the web service, in its words
        ("GET /products/", (429, b"<!doctype html>")),
    ],
)
async def test_each_has_a_budget_and_no_page_waits_for_itself(
    crowd: Crowd, line: str, refused: tuple[int, bytes]
) -> None:
    """Though one request of each may be under way, and all pages wait for four connections."""
    assert await crowd.all_look_at(line) == {(200, b"200"): PEOPLE}
    async with asyncio.timeout(60):
        while shown(await crowd.look_at(0, line)) != refused:
            pass
    others = [await crowd.look_at(person, line) for person in range(1, PEOPLE, 50)]
    assert {shown(reply) for reply in others} == {(200, b"200")}


async def test_a_service_that_hangs_under_all_of_them_leaves_the_others_alone(crowd: Crowd) -> None:
    crowd.catalog.script = keep_silent
    looks = [asyncio.create_task(crowd.look_at(person, "GET /products/")) for person in range(100)]
    await until(lambda: crowd.catalog.open == int(FEW_CONNECTIONS["GATEWAY_MAX_CONNECTIONS"]))
    try:
        for person in range(200, 220):
            reply = await asyncio.wait_for(crowd.look_at(person, "POST /users/login/"), 5)
            assert (reply.status, reply.body) == (200, b"200")
    finally:
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)
