"""What is open to all, through a real gateway: kept for a while, and never for longer."""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from standalone.services import services
from standalone.settings import ROOT
from testing.background import BackgroundSystem
from testing.people import Shop, bearer, token_of, verified_token
from tests.test_monitoring import metrics_ports

pytestmark = pytest.mark.timing

HOME = "/api/v1/home"
KEPT = 10
"""Seconds for which a gateway may show what was true before."""
SLACK = 5
"""Seconds that a busy machine may take beside them."""


@pytest.fixture
async def counters(system: BackgroundSystem) -> AsyncIterator["Counters"]:
    """Reads what processes count."""
    async with httpx2.AsyncClient() as client:
        yield Counters(client, metrics_ports(system))


class Counters:
    """Numbers on the pages of metrics, by name and labels as they stand there."""

    def __init__(self, client: httpx2.AsyncClient, ports: dict[str, int]) -> None:
        self._client = client
        self._ports = ports

    async def read(self, service: str, sample: str) -> float:
        """Return a number; 0 where there is none yet."""
        url = f"http://127.0.0.1:{self._ports[service]}/metrics"
        page = (await self._client.get(url)).raise_for_status().text
        found = re.search(rf"(?m)^{re.escape(sample)} ([\d.e+]+)$", page)
        return float(found[1]) if found else 0.0


async def clear_cache(system: BackgroundSystem) -> None:
    """Do as an operator does."""
    [mailing] = [program for program in services(system.settings) if program.name == "mailing"]
    command = [sys.executable, "-m", "vitrina", "mailing", "clear-cache"]
    environment = dict(mailing.environment)
    await asyncio.to_thread(subprocess.run, command, env=environment, cwd=ROOT, check=True)


async def test_it_is_the_same_for_everybody_within_ten_seconds(
    shop: Shop, system: BackgroundSystem, counters: Counters
) -> None:
    token = await shop.newcomer_token()
    name = 'vitrina_response_cache_total{outcome="%s"}'
    before = [await counters.read("gateway", name % each) for each in ("hit", "miss")]
    began = time.monotonic()
    answers = [await shop.get(HOME, one) for _ in range(10) for one in (None, token)]
    took = time.monotonic() - began
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) <= 1 + took // KEPT + 1
    misses = await counters.read("gateway", name % "miss") - before[1]
    assert misses <= 1 + took // KEPT + 1
    assert await counters.read("gateway", name % "hit") - before[0] >= 20 - misses
    for answer in answers:
        assert answer.headers["cache-control"] == "no-cache"
        assert "accept-language" in answer.headers["vary"].lower()
        assert "gateway-cache-control" not in answer.headers
    etag = answers[-1].headers["etag"].removeprefix("W/")
    unchanged = await shop.client.get(HOME, headers={"If-None-Match": etag})
    is_same = unchanged.headers["etag"].removeprefix("W/") == etag
    assert unchanged.status_code == (304 if is_same else 200)


async def test_each_reader_gets_their_language(shop: Shop) -> None:
    for accepted, language in (("ru", "ru"), ("en", "en"), ("ru-RU, en;q=0.5", "ru"), ("de", "en")):
        answer = await shop.client.get(HOME, headers={"Accept-Language": accepted})
        assert answer.headers["content-language"] == language


async def test_after_clear_cache_gateways_show_what_there_is_within_their_seconds(
    shop: Shop, system: BackgroundSystem, counters: Counters
) -> None:
    drop = 'vitrina_home_counts_total{outcome="drop"}'
    token = await verified_token(shop, system)
    before = (await shop.get(HOME)).json()["recipients"]
    dropped = await counters.read("mailing", drop)
    email = f"home.{time.monotonic_ns()}@example.com"
    added = await shop.client.post(
        "/api/v1/recipients", json={"email": email}, headers=bearer(token)
    )
    assert added.status_code == 201, added.text
    await clear_cache(system)
    cleared = asked = time.monotonic()
    while (await shop.get(HOME)).json()["recipients"] == before:
        assert asked - cleared < KEPT + SLACK
        await asyncio.sleep(0.1)
        asked = time.monotonic()
    assert (await shop.get(HOME)).json()["recipients"] == before + 1
    assert await counters.read("mailing", drop) > dropped


class TestScheduled:
    """An article whose time comes: nobody does anything then."""

    SOON = timedelta(seconds=4)
    WITHIN = 2
    """Seconds after its time that a reader may still be shown what was there before."""

    @pytest.fixture
    async def due(self, shop: Shop, system: BackgroundSystem) -> tuple[str, float]:
        """Slug and time of an article that is about to appear."""
        token = await token_of(shop, system, "blog_manager")
        draft = await shop.post("/api/v1/drafts", token, {"title": "In time", "body": "Tea."})
        made = draft.raise_for_status().json()
        at = datetime.now(UTC) + self.SOON
        path = f"/api/v1/drafts/{made['id']}/schedule"
        answer = await shop.post(path, token, {"publish_at": at.isoformat()})
        answer.raise_for_status()
        return made["slug"], at.timestamp()

    @pytest.mark.parametrize("path", ["/api/v1/articles", "/api/v1/articles/feed.atom"])
    async def test_lists_and_feed_have_another_etag_two_seconds_later(
        self, shop: Shop, due: tuple[str, float], path: str
    ) -> None:
        slug, at = due
        before = await shop.get(path)
        assert slug not in before.text
        etag = before.headers["etag"].removeprefix("W/")
        known = {"If-None-Match": etag}
        asked = time.time()
        while (answer := await shop.client.get(path, headers=known)).status_code == 304:
            assert asked < at + self.WITHIN
            await asyncio.sleep(0.1)
            asked = time.time()
        assert answer.headers["etag"].removeprefix("W/") != etag
        assert slug in answer.text

    async def test_the_article_is_there_and_the_home_page_draws_anew(
        self, shop: Shop, system: BackgroundSystem, due: tuple[str, float]
    ) -> None:
        slug, at = due
        mailing = system.settings.url("mailing")
        async with httpx2.AsyncClient(base_url=mailing) as service:
            before = (await service.get(HOME)).headers["etag"]
            assert (await shop.get(f"/api/v1/articles/{slug}")).status_code == 404
            await asyncio.sleep(max(0.0, at - time.time()))
            known = {"If-None-Match": before}
            assert (await service.get(HOME, headers=known)).status_code == 200
        await asyncio.sleep(max(0.0, at + self.WITHIN - time.time()))
        shown = (await shop.get(f"/api/v1/articles/{slug}")).raise_for_status()
        assert shown.json()["title"] == "In time"


async def test_without_the_service_there_is_no_page_of_before(
    shop: Shop, system: BackgroundSystem
) -> None:
    (await shop.get(HOME)).raise_for_status()
    system.kill("mailing")
    try:
        gone = asked = time.monotonic()
        while (answer := await shop.get(HOME)).status_code == 200:
            assert asked - gone < KEPT + SLACK
            await asyncio.sleep(0.1)
            asked = time.monotonic()
        assert answer.status_code in {502, 503}
        assert answer.json().keys() >= {"code", "error", "message"}
    finally:
        system.start_service("mailing")
        system.wait_until_ready()
    async with asyncio.timeout(60):
        while (await shop.get(HOME)).status_code != 200:
            await asyncio.sleep(0.1)
