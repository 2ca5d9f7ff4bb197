"""What is kept of the responses of the catalog, and how much."""

import pytest

from gateway.cache.store import RESPONSE_LIMIT, ResponseCache
from gateway.tests.conftest import RunningGateway
from gateway.tests.marked_catalog import MARK, PAGE, READER, TO_OTHERS, MarkedCatalog, read
from testing.gateway.raw_service import Peer, RawService

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
        body = bytes(range(256)) * (RESPONSE_LIMIT // 256) + b"more"

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
