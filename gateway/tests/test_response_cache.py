"""What is answered without asking the catalog, to whom, and for how long."""

import asyncio
from datetime import timedelta

import pytest

from gateway.response_cache import ANSWER_LIMIT, ResponseCache
from gateway.tests.conftest import RunningGateway
from gateway.tests.marked_catalog import (
    ADMIN,
    KEPT,
    MANAGER,
    MARK,
    OTHER_READER,
    PAGE,
    READER,
    TO_OTHERS,
    UNVERIFIED,
    MarkedCatalog,
    read,
)
from gateway.tests.raw_client import connected, request
from gateway.tests.raw_service import Peer, RawService
from shared.testing.clock import MovableClock
from shared.testing.tokens import access_token


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

    async def test_a_listed_origin_is_told_of_by_request(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        await read(shop)
        reply = await read(shop, "origin: https://shop.example")
        assert reply.values(b"access-control-allow-origin") == [b"https://shop.example"]
        assert (await read(shop)).values(b"access-control-allow-origin") == []
        assert len(catalog.seen) == 1

    async def test_head_is_answered_from_what_get_brought(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        await read(shop)
        async with connected(shop.port) as client:
            for _ in range(2):  # the connection stays in step
                head = request(f"HEAD {PAGE}", f"authorization: Bearer {READER}")
                reply = await client.ask(head)
                assert (reply.status, reply.values(b"content-length")) == (200, [b"6"])
        assert len(catalog.seen) == 1

    async def test_head_brings_what_get_is_answered_from(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        head = request(f"HEAD {PAGE}", f"authorization: Bearer {READER}")
        async with connected(shop.port) as client:
            reply = await client.ask(head)
        assert (reply.status, reply.values(b"content-length")) == (200, [b"6"])
        assert (await read(shop)).body == b"page 1"
        assert [seen.line.split()[0] for seen in catalog.seen] == [b"GET"]

    @pytest.mark.parametrize("given", ['"1"', 'W/"1"', '"0", "1"', "*"])
    async def test_who_has_the_page_is_told_so_without_asking(
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

    async def test_who_must_change_his_password_gets_no_warm_page(
        self, shop: RunningGateway
    ) -> None:
        await read(shop)
        assert (await read(shop, token=access_token(password_change_required=True))).status == 403


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

    async def test_the_client_s_own_condition_is_answered_after_ours(
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


UNMARKED = {
    "no mark": "cache-control: public, max-age=60\r\n",
    "an empty mark": "gateway-cache-control: \r\ncache-control: max-age=60\r\n",
    "an unreadable mark": "gateway-cache-control: max-age=1 please\r\n",
    "another unreadable mark": "gateway-cache-control: max-age=1;;\r\n",
    "no time": "gateway-cache-control: public\r\n",
    "no seconds": "gateway-cache-control: max-age=0\r\n",
    "a quoted time": 'gateway-cache-control: max-age="1"\r\n',
    "a negative time": "gateway-cache-control: max-age=-1\r\n",
    "no-store": "gateway-cache-control: max-age=1, no-store\r\n",
    "private": "gateway-cache-control: private, max-age=1\r\n",
    "no-cache with names": 'gateway-cache-control: max-age=1, no-cache="x, y"\r\n',
    "forbidden in a second field": f"{MARK}gateway-cache-control: no-store\r\n",
    "no time for shared caches": "gateway-cache-control: max-age=1, s-maxage=0\r\n",
    "too old": f"{MARK}age: 60\r\n",
    "a cookie": f"{MARK}set-cookie: a=1\r\n",
    "by whom": f"{MARK}vary: Authorization\r\n",
    "by cookie": f"{MARK}vary: accept, cookie\r\n",
    "by anything": f"{MARK}vary: *\r\n",
}


class TestWhatIsNotKept:
    @pytest.mark.parametrize("name", UNMARKED)
    async def test_by_its_fields(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog, name: str
    ) -> None:
        pages.fields, pages.tagged = UNMARKED[name], False
        replies = [await read(shop), await read(shop)]
        assert len(catalog.seen) == 2
        for reply in replies:
            assert (reply.status, reply.body) == (200, b"page 1")
            assert reply.values(b"gateway-cache-control") == []

    @pytest.mark.parametrize("status", ["203 Odd", "206 Part", "301 No", "404 No", "500 No"])
    async def test_by_its_status(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog, status: str
    ) -> None:
        pages.status = status
        for _ in range(2):
            reply = await read(shop)
            assert (reply.status, reply.body) == (int(status[:3]), b"page 1")
            assert reply.values(b"gateway-cache-control") == []
        assert len(catalog.seen) == 2

    @pytest.mark.parametrize(
        "field",
        ["range: bytes=0-1", "if-range: x", 'if-match: "1"', "cache-control: no-cache",
         "cache-control: no-store", "pragma: no-cache", "if-modified-since: x",
         "if-unmodified-since: x"],
    )  # fmt: skip
    async def test_what_asks_for_more_than_a_page_goes_past_the_cache(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog, field: str
    ) -> None:
        await read(shop)
        pages.version = 2
        reply = await read(shop, field)
        assert (reply.body, reply.values(b"gateway-cache-control")) == (b"page 2", [])
        name, _, value = field.partition(": ")
        assert catalog.seen[1].values(name.encode()) == [value.encode()]
        assert (await read(shop)).body == b"page 1"

    async def test_a_request_with_a_body_goes_past_the_cache(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        for _ in range(2):
            reply = await shop.ask(f"GET {PAGE}", f"authorization: Bearer {READER}", body=b"x")
            assert reply.status == 200
        assert [seen.body for seen in catalog.seen] == [b"x", b"x"]

    async def test_a_long_target_goes_past_the_cache(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        for _ in range(2):
            await read(shop, page=f"{PAGE}&q={'x' * 1024}")
        assert len(catalog.seen) == 2
        assert len(shop.app.cached.cache) == 0

    async def test_other_routes_are_not_kept_whatever_is_said(
        self, shop: RunningGateway, auth: RawService
    ) -> None:
        pages = MarkedCatalog()
        auth.script = pages
        for version in (1, 2):
            pages.version = version
            reply = await read(shop, page="/api/v1/users/me")
            assert reply.body == b"page %d" % version
            assert reply.values(b"gateway-cache-control") == []

    @pytest.mark.parametrize("chunked", [False, True])
    async def test_what_is_too_long_goes_through_whole(
        self, shop: RunningGateway, catalog: RawService, chunked: bool
    ) -> None:
        body = bytes(range(256)) * (ANSWER_LIMIT // 256) + b"more"

        async def send_much(peer: Peer) -> None:
            while True:
                await peer.request()
                if chunked:
                    head = f"HTTP/1.1 200 OK\r\n{MARK}transfer-encoding: chunked\r\n\r\n"
                    await peer.send(head.encode() + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n")
                else:
                    await peer.answer(body, fields=MARK)

        catalog.script = send_much
        for _ in range(2):
            reply = await read(shop)
            assert (reply.body == body, reply.clean) == (True, True)
        assert len(catalog.seen) == 2


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


class TestBounds:
    async def test_the_oldest_page_goes_when_there_is_no_room(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        shop.app.cached.cache = ResponseCache(10_000)
        for number in range(20):
            await read(shop, page=f"/api/v1/products?page={number}")
            assert shop.app.cached.cache.size <= 10_000
        kept = len(shop.app.cached.cache)
        assert 1 <= kept < 10
        await read(shop, page="/api/v1/products?page=19")
        assert len(catalog.seen) == 20
        await read(shop, page="/api/v1/products?page=0")
        assert len(catalog.seen) == 21

    async def test_what_does_not_fit_alone_is_served_all_the_same(
        self, shop: RunningGateway, catalog: RawService
    ) -> None:
        shop.app.cached.cache = ResponseCache(100)
        for _ in range(2):
            assert (await read(shop)).body == b"page 1"
        assert (len(catalog.seen), shop.app.cached.cache.size) == (2, 0)

    async def test_a_size_of_nothing_keeps_nothing(
        self, gateway: RunningGateway, pages: MarkedCatalog, catalog: RawService
    ) -> None:
        for _ in range(2):
            assert (await read(gateway)).values(b"gateway-cache-control") == []
        assert len(catalog.seen) == 2
        assert TO_OTHERS in pages.fields
