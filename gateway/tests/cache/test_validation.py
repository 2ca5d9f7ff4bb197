"""What becomes of a kept page when its time is over."""

from datetime import timedelta

import pytest

from gateway.tests.conftest import RunningGateway
from gateway.tests.marked_catalog import KEPT, MARK, OTHER_READER, MarkedCatalog, read
from testing.clock import MovableClock
from testing.gateway.raw_service import Peer, RawService


class TestValidation:
    async def test_after_its_time_the_page_is_validated_and_kept(
        self, shop: RunningGateway, catalog: RawService, clock: MovableClock
    ) -> None:
        await read(shop)
        clock.advance(KEPT)
        validated = await read(shop, token=OTHER_READER)
        warm = await read(shop)
        assert (validated.status, validated.body) == (200, b"page 1")
        assert (validated.values(b"age"), warm.values(b"age")) == ([], [b"0"])
        assert [seen.values(b"if-none-match") for seen in catalog.seen] == [[], [b'"1"']]
        assert catalog.seen[1].values(b"authorization") == [f"Bearer {OTHER_READER}".encode()]

    async def test_a_changed_page_is_seen_after_its_time(
        self, shop: RunningGateway, pages: MarkedCatalog, clock: MovableClock
    ) -> None:
        await read(shop)
        pages.version = 2
        assert (await read(shop)).body == b"page 1"
        clock.advance(KEPT)
        assert (await read(shop)).body == b"page 2"

    async def test_the_time_of_day_changes_nothing(
        self, shop: RunningGateway, pages: MarkedCatalog, clock: MovableClock
    ) -> None:
        await read(shop)
        clock.advance(KEPT)
        clock.advance(timedelta(seconds=-30))
        pages.version = 2
        assert (await read(shop)).body == b"page 2"

    async def test_the_client_s_own_condition_is_served_after_ours(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog, clock: MovableClock
    ) -> None:
        await read(shop)
        clock.advance(KEPT)
        assert (await read(shop, 'if-none-match: "0"')).body == b"page 1"
        clock.advance(KEPT)
        assert (await read(shop, 'if-none-match: "1"')).status == 304
        clock.advance(KEPT)
        pages.version = 2
        assert (await read(shop, 'if-none-match: "1"')).body == b"page 2"
        assert {tuple(seen.values(b"if-none-match")) for seen in catalog.seen[1:]} == {(b'"1"',)}

    async def test_news_in_a_304_replace_what_was_kept(
        self, shop: RunningGateway, pages: MarkedCatalog, clock: MovableClock
    ) -> None:
        await read(shop)
        clock.advance(KEPT)
        pages.fields = "cache-control: private\r\ncontent-type: text/evil\r\nx-note: new\r\n"
        await read(shop)
        reply = await read(shop)  # still marked, as the 304 does not say otherwise
        assert reply.values(b"age") == [b"0"]
        assert reply.values(b"cache-control") == [b"private"]
        assert reply.values(b"x-note") == [b"new"]
        assert reply.values(b"content-type") == [b"application/json"]

    async def test_a_304_may_end_the_keeping(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog, clock: MovableClock
    ) -> None:
        await read(shop)
        clock.advance(KEPT)
        pages.fields = "gateway-cache-control: no-store\r\n"
        assert (await read(shop)).body == b"page 1"
        assert (await read(shop)).body == b"page 1"
        assert [seen.values(b"if-none-match") for seen in catalog.seen] == [[], [b'"1"'], []]

    async def test_a_304_for_another_page_is_asked_again(
        self, shop: RunningGateway, catalog: RawService, clock: MovableClock
    ) -> None:
        async def confuse(peer: Peer) -> None:
            while True:
                if (await peer.request()).values(b"if-none-match"):
                    await peer.answer(b"", status="304 No", fields=MARK + 'etag: "9"\r\n')
                else:
                    await peer.answer(b"whole", fields=MARK + 'etag: "1"\r\n')

        catalog.script = confuse
        await read(shop)
        clock.advance(KEPT)
        assert (await read(shop)).body == b"whole"
        assert len(catalog.seen) == 3

    async def test_a_304_that_nobody_asked_for_is_a_502(
        self, shop: RunningGateway, pages: MarkedCatalog
    ) -> None:
        pages.status = "304 Not Modified"
        pages.tagged = False
        assert (await read(shop)).status == 502

    async def test_a_page_without_a_tag_is_asked_for_again(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog, clock: MovableClock
    ) -> None:
        pages.tagged = False
        await read(shop)
        assert (await read(shop, "if-none-match: *")).body == b"page 1"
        clock.advance(KEPT)
        pages.version = 2
        assert (await read(shop)).body == b"page 2"
        assert len(catalog.seen) == 2

    @pytest.mark.parametrize("status", ["500 No", "503 No", "404 No", "403 No"])
    async def test_what_is_stale_is_never_shown_instead_of_a_failure(
        self, shop: RunningGateway, pages: MarkedCatalog, clock: MovableClock, status: str
    ) -> None:
        await read(shop)
        clock.advance(KEPT)
        pages.version, pages.status = 2, status
        assert (await read(shop)).status == int(status[:3])
        pages.status = "200 OK"
        assert (await read(shop)).body == b"page 2"
