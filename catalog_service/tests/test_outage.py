"""The database goes away and comes back."""

import asyncio
import logging
from collections.abc import Callable

import httpx2
import pytest

from catalog_service.models import Product
from catalog_service.tests.conftest import PRODUCTS
from shared.database import outage as database_outage
from shared.database.outage import DATABASE_OUTAGE
from testing.outage import Cable

pytestmark = [pytest.mark.usefixtures("empty_tables"), pytest.mark.timing]

UNAVAILABLE = {
    "code": 503,
    "message": "The service is not available right now; try again in a moment.",
    "error": "service_unavailable",
}


@pytest.mark.parametrize("path", [PRODUCTS, f"{PRODUCTS}/1"])
async def test_without_a_database_the_response_is_a_503_and_with_it_all_is_well_again(
    reader: httpx2.AsyncClient, cable: Cable, path: str
) -> None:
    await Product.create(name="Tea", price=1)
    before = await reader.get(path)
    assert before.status_code == 200

    cable.cut()
    for _ in range(3):
        response = await reader.get(path)
        assert (response.status_code, response.json()) == (503, UNAVAILABLE)
        assert response.headers["retry-after"] == "1"
    await cable.connect()

    assert (await reader.get(path)).json() == before.json()


async def test_requests_under_way_get_a_response_of_our_own(
    reader: httpx2.AsyncClient, cable: Cable
) -> None:
    requests = [asyncio.create_task(reader.get(PRODUCTS)) for _ in range(20)]
    await requests[0]
    cable.cut()
    responses = await asyncio.gather(*requests)
    await cable.connect()

    assert {response.status_code for response in responses} <= {200, 503}
    assert (await reader.get(PRODUCTS)).status_code == 200


async def test_it_is_ready_only_with_its_database_but_alive_without(
    stranger: httpx2.AsyncClient, cable: Cable
) -> None:
    assert (await stranger.get("/health/ready")).status_code == 200

    cable.cut()
    ready, live = await stranger.get("/health/ready"), await stranger.get("/health/live")
    await cable.connect()

    assert (ready.status_code, ready.json()["error"]) == (503, "not_ready")
    assert live.status_code == 200
    assert (await stranger.get("/health/ready")).status_code == 200


async def test_the_log_says_once_that_the_database_is_away_and_once_that_it_is_back(
    reader: httpx2.AsyncClient,
    cable: Cable,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database_outage, "LOOK_EVERY", 0.01)
    await DATABASE_OUTAGE.stop()  # and forget the outages of other tests
    caplog.set_level(logging.INFO)
    cable.cut()
    for _ in range(20):
        assert (await reader.get(PRODUCTS)).status_code == 503
    await _until(lambda: len(_about_the_database(caplog)) == 1)
    await cable.connect()
    await _until(lambda: len(_about_the_database(caplog)) == 2)

    away, back = _about_the_database(caplog)
    assert (away.levelname, away.getMessage()) == ("ERROR", "database unavailable")
    assert away.__dict__["server"].startswith("127.0.0.1:")
    assert (back.levelname, back.getMessage()) == ("INFO", "database available again")


async def test_a_failure_of_a_database_that_answers_is_no_outage(
    reader: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await reader.get(PRODUCTS)).status_code == 200
    DATABASE_OUTAGE.report(TimeoutError("words with a password"), path="/here")
    await _until(lambda: "temporarily unavailable" in caplog.text)

    [line] = [r for r in caplog.records if r.getMessage() == "temporarily unavailable"]
    assert (line.__dict__["cause"], line.__dict__["path"]) == ("TimeoutError", "/here")
    assert not _about_the_database(caplog)


def _about_the_database(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if "database" in record.getMessage()]


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)
