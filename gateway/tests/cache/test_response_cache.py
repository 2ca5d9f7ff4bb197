"""What is served without asking the catalog, and to whom."""

import asyncio
from datetime import timedelta

import pytest

from gateway.tests.conftest import RunningGateway
from gateway.tests.marked_catalog import (
    ADMIN,
    MANAGER,
    MARK,
    OTHER_READER,
    PAGE,
    READER,
    UNVERIFIED,
    MarkedCatalog,
    read,
)
from testing.clock import MovableClock
from testing.gateway.raw_client import connected, request
from testing.gateway.raw_service import Peer, RawService
from testing.tokens import access_token

pytestmark = pytest.mark.timing


class TestReuse:
    async def test_without_a_token_a_warm_page_is_a_401(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        await read(shop)
        assert (await shop.ask(f"GET {PAGE}")).status == 401
        assert (await read(shop, token=access_token(exp=1))).status == 401

    async def test_a_marked_page_is_asked_for_once_for_all_of_a_class(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        first = await read(shop)
        second = await read(shop, token=OTHER_READER)
        assert (second.status, second.body) == (first.status, first.body) == (200, b"page 1")
        assert len(catalog.seen) == 1

    async def test_a_role_that_is_not_known_is_no_class(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        for roles in (["user"], ["user", "of a later version"], ["of a later version"]):
            assert (await read(shop, token=access_token(roles=roles))).status == 200
        assert len(catalog.seen) == 1
        await read(shop, token=access_token(roles=["of a later version", "manager"]))
        assert len(catalog.seen) == 2

    async def test_it_is_what_the_service_sent_but_for_the_mark(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        first, second = await read(shop), await read(shop, "x-request-id: mine")
        for reply in (first, second):
            assert reply.values(b"cache-control") == [b"private, no-cache"]
            assert reply.values(b"content-type") == [b"application/json"]
            assert reply.values(b"content-length") == [b"6"]
            assert reply.values(b"etag") == [b'"1"']
            assert reply.values(b"gateway-cache-control") == []
        assert second.values(b"x-request-id") == [b"mine"]

    async def test_the_age_says_that_nobody_was_asked(
        self, shop: RunningGateway, pages: MarkedCatalog, clock: MovableClock
    ) -> None:
        pages.fields = "gateway-cache-control: max-age=60\r\nage: 10\r\n"
        assert (await read(shop)).values(b"age") == []
        assert (await read(shop)).values(b"age") == [b"10"]
        clock.advance(timedelta(seconds=5))
        assert (await read(shop)).values(b"age") == [b"15"]
        clock.advance(timedelta(seconds=45))
        assert (await read(shop)).values(b"age") == []

    async def test_a_listed_origin_is_named_by_request(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        await read(shop)
        reply = await read(shop, "origin: https://shop.example")
        assert reply.values(b"access-control-allow-origin") == [b"https://shop.example"]
        assert (await read(shop)).values(b"access-control-allow-origin") == []
        assert len(catalog.seen) == 1

    async def test_head_is_served_from_what_get_brought(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        await read(shop)
        async with connected(shop.port) as client:
            for _ in range(2):  # the connection stays in step
                head = request(f"HEAD {PAGE}", f"authorization: Bearer {READER}")
                reply = await client.ask(head)
                assert (reply.status, reply.values(b"content-length")) == (200, [b"6"])
        assert len(catalog.seen) == 1

    async def test_head_brings_what_get_is_served_from(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        head = request(f"HEAD {PAGE}", f"authorization: Bearer {READER}")
        async with connected(shop.port) as client:
            reply = await client.ask(head)
        assert (reply.status, reply.values(b"content-length")) == (200, [b"6"])
        assert (await read(shop)).body == b"page 1"
        assert [seen.line.split()[0] for seen in catalog.seen] == [b"GET"]

    @pytest.mark.parametrize("given", ['"1"', 'W/"1"', '"0", "1"', "*"])
    async def test_a_client_that_has_the_page_gets_a_304_out_of_the_cache(
        self, shop: RunningGateway, catalog: RawService, given: str
    ) -> None:
        for warm in (False, True):
            reply = await read(shop, f"if-none-match: {given}")
            assert (reply.status, reply.body, reply.values(b"etag")) == (304, b"", [b'"1"'])
            assert reply.values(b"cache-control") == [b"private, no-cache"]
            assert reply.values(b"age") == ([b"0"] if warm else [])
            assert reply.values(b"content-type") == reply.values(b"content-length") == []
        assert len(catalog.seen) == 1
        assert catalog.seen[0].values(b"if-none-match") == []

    async def test_who_has_another_page_gets_this_one(self, shop: RunningGateway) -> None:
        await read(shop)
        assert (await read(shop, 'if-none-match: "10", W/"0"')).body == b"page 1"

    @pytest.mark.parametrize("page", [PAGE, PAGE.replace("?", "/7?"), PAGE + "&x=%2e", PAGE + "&"])
    async def test_each_target_is_a_page_of_its_own(
        self, shop: RunningGateway, catalog: RawService, page: str
    ) -> None:
        await read(shop, page="/api/v1/products?page=2")
        await read(shop, page=page)
        assert len(catalog.seen) == 2


class TestReaders:
    CLASSES = (READER, MANAGER, UNVERIFIED)

    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
    async def test_none_gets_the_warm_page_of_another_class(
        self, shop: RunningGateway, catalog: RawService, order: tuple[int, ...]
    ) -> None:
        tokens = {f"Bearer {token}".encode(): token for token in self.CLASSES}

        async def show_whose(peer: Peer) -> None:
            while True:
                (given,) = (await peer.request()).values(b"authorization")
                token = tokens[given]
                if token == UNVERIFIED:
                    await peer.answer(b"no", status="403 Forbidden", fields=MARK)
                else:
                    await peer.answer(b"%d" % self.CLASSES.index(token), fields=MARK)

        catalog.script = show_whose
        expected = {READER: (200, b"0"), MANAGER: (200, b"1"), UNVERIFIED: (403, b"no")}
        for _ in range(2):
            for number in order:
                token = self.CLASSES[number]
                reply = await read(shop, token=token)
                assert (reply.status, reply.body) == expected[token]
        assert len(catalog.seen) == 2 + 2

    async def test_managers_and_administrators_are_one_class(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        await read(shop, token=MANAGER)
        await read(shop, token=ADMIN)
        assert len(catalog.seen) == 1

    async def test_before_a_password_change_there_is_no_cached_page(
        self, shop: RunningGateway
    ) -> None:
        await read(shop)
        assert (await read(shop, token=access_token(password_change_required=True))).status == 403


class TestVariants:
    async def test_each_value_of_what_a_page_varies_by_has_its_own(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        async def speak(peer: Peer) -> None:
            while True:
                language = (await peer.request()).values(b"accept-language")
                fields = f"{MARK}vary: Accept-Language\r\nvary: accept\r\n"
                await peer.answer(b"+".join(language) or b"any", fields=fields)

        catalog.script = speak
        given: tuple[list[str], ...] = (["accept-language: ru"], ["accept-language: en"], [])
        for _ in range(2):
            replies = [await read(shop, *fields) for fields in given]
            assert [reply.body for reply in replies] == [b"ru", b"en", b"any"]
        assert len(catalog.seen) == 3

    async def test_what_the_service_does_not_see_does_not_count(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        pages.fields = f"{MARK}vary: accept-language\r\n"
        await read(shop, "accept-language: ru", "connection: accept-language")
        await read(shop)
        assert len(catalog.seen) == 1

    async def test_those_who_wait_do_not_get_another_s_variant(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        pages.fields = f"{MARK}vary: accept-language\r\n"
        pages.gate.clear()
        languages = ["ru", "en", "ru", "en"]
        asked = [
            asyncio.create_task(read(shop, f"accept-language: {language}"))
            for language in languages
        ]
        await asyncio.sleep(0.05)
        assert len(catalog.seen) == 1
        pages.gate.set()
        assert [(await task).status for task in asked] == [200] * 4
        assert [seen.values(b"accept-language") for seen in catalog.seen] == [[b"ru"], [b"en"]]
