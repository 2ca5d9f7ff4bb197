"""The scriptable service informs its script of a client that left as a socket does."""

import asyncio

import pytest

from testing.gateway.raw_client import connected, request
from testing.gateway.raw_service import Peer, RawService


async def test_who_sends_to_a_client_that_left_gets_a_connection_error(
    catalog: RawService,
) -> None:
    asked, gone = asyncio.Event(), asyncio.Event()
    failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def send_on_and_on(peer: Peer) -> None:
        await peer.request()
        asked.set()
        await gone.wait()
        while not peer.writer.transport.is_closing():
            await asyncio.sleep(0.01)
        try:
            await peer.send(b"to nobody")
        except Exception as error:
            failure.set_exception(error)
            raise

    catalog.script = send_on_and_on
    async with connected(catalog.port) as client:
        await client.send(request("GET /"))
        await asked.wait()
        client.reset()
        gone.set()
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(failure, 30)
    await catalog.forget()
