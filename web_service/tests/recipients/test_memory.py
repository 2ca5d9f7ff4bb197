"""A file goes by: the service holds little of it, however large it is."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
from aiohttp import web
from fastapi import FastAPI

from testing.database import ServiceDatabase
from web_service.tests.conftest import SAME_ORIGIN, SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.mailing_data import script_recipients
from web_service.tests.processes import services_on
from web_service.tests.recipients.test_import import API, PATH, REPORT

SIZE = 64 * 2**20
PIECE = b"x" * 64 * 1024
MOST_GROWTH = 16 * 2**20
"""Bytes that a process may take for uploads; a whole file is four times as much."""


def peak_of(process_id: int) -> int:
    """Return how many bytes a process has held at most."""
    status = Path(f"/proc/{process_id}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


async def form(size: int) -> AsyncIterator[bytes]:
    yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    for _ in range(size // len(PIECE)):
        yield PIECE
    yield b"\r\n--x--\r\n"


async def test_64_mebibytes_take_little_memory(
    app: FastAPI, database: ServiceDatabase, gateway: FakeGateway, sign_in: SignIn
) -> None:
    assert app
    script_recipients(gateway)
    received: list[int] = []

    async def answer(_request: web.Request, body: bytes) -> web.StreamResponse:
        received.append(len(body))
        return web.json_response(REPORT)

    gateway.answer("POST", API, answer)
    cookies = dict((await sign_in()).cookies)
    headers = {**SAME_ORIGIN, "Content-Type": "multipart/form-data; boundary=x"}
    async with services_on(database, gateway) as start:
        process, url = await start()
        async with httpx2.AsyncClient(
            base_url=url, cookies=cookies, headers=headers, timeout=120
        ) as browser:
            statuses = [(await browser.post(PATH, content=form(len(PIECE)))).status_code]
            before = peak_of(process.pid)
            statuses += [(await browser.post(PATH, content=form(SIZE))).status_code]
            after = peak_of(process.pid)
            refused = await browser.post(PATH, content=form(SIZE + len(PIECE)))
        assert statuses == [303, 303]
        assert received == [len(PIECE), SIZE]
        assert refused.status_code == 413
        assert "64 MiB are the most" in refused.text
        assert after - before < MOST_GROWTH
