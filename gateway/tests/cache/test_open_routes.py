"""What is open to all and kept: one answer for everybody of a language, and nothing of anybody."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from gateway.cache.store import ResponseCache
from gateway.main import create_app
from gateway.settings import GatewaySettings
from gateway.tests.clients import followers
from gateway.tests.conftest import RunningGateway
from gateway.tests.marked_catalog import KEPT, MANAGER, MARK, READER, MarkedCatalog, read
from testing.clock import MovableClock
from testing.gateway.raw_client import Reply, connected, request
from testing.gateway.raw_service import Peer, RawService, after_request, keep_silent, until
from testing.tokens import access_token

pytestmark = pytest.mark.timing

HOME = "GET /api/v1/home"
SPEAKING = f"{MARK}cache-control: no-cache\r\nvary: Accept-Language\r\n"
POISON = (
    "x-forwarded-host: evil.example",
    "x-forwarded-for: 6.6.6.6",
    "x-host: evil.example",
    "x-original-url: /evil",
    "x-http-method-override: DELETE",
    "user-agent: evil",
    "referer: https://evil.example/",
    "origin: https://evil.example",
    "accept: text/evil",
    "accept-encoding: evil",
    "content-type: text/evil",
    "cookie: session=evil",
    "x-anything: evil",
    "authorization: Bearer evil",
)


@pytest.fixture
def home(mailing: RawService) -> MarkedCatalog:
    """What the mailing service shows to everybody."""
    home = MarkedCatalog()
    home.fields = SPEAKING
    mailing.script = home
    return home


@pytest.fixture
def counts(shop: RunningGateway) -> Callable[[], dict[str, int]]:
    """By how the cache has served requests since."""
    cached = shop.app.cached
    names = ("hits", "shared", "misses", "passed", "validated")
    before = {name: getattr(cached, name) for name in names}

    def look() -> dict[str, int]:
        found = {name: getattr(cached, name) - before[name] for name in names}
        return {name: count for name, count in found.items() if count}

    return look


def _sample(shop: RunningGateway, name: str, **labels: str) -> float:
    return shop.app.observer.metrics.registry.get_sample_value(name, labels) or 0.0


class TestOneForAll:
    async def test_whoever_asks_gets_what_one_has_brought(
        self,
        shop: RunningGateway,
        home: MarkedCatalog,
        mailing: RawService,
        counts: Callable[[], dict[str, int]],
    ) -> None:
        askers = [(), (f"authorization: Bearer {READER}",), (f"authorization: Bearer {MANAGER}",)]
        askers += [("authorization: Bearer rubbish",), ("authorization: Basic x",), ("cookie: a",)]
        replies = [await shop.ask(HOME, *fields) for fields in askers]
        assert {(reply.status, reply.body) for reply in replies} == {(200, b"page 1")}
        assert len(mailing.seen) == 1
        assert counts() == {"misses": 1, "hits": len(askers) - 1}

    @pytest.mark.parametrize("first", [0, 1])
    async def test_it_is_the_same_with_a_token_as_without(
        self, shop: RunningGateway, mailing: RawService, first: int
    ) -> None:
        async def tell(peer: Peer) -> None:
            while True:
                seen = await peer.request()
                await peer.answer(b"+".join(seen.values(b"authorization")), fields=SPEAKING)

        mailing.script = tell
        askers: list[tuple[str, ...]] = [(), (f"authorization: Bearer {MANAGER}",)]
        for fields in (askers[first], askers[1 - first]):
            assert (await shop.ask(HOME, *fields)).body == b""

    async def test_nothing_of_a_client_reaches_the_service_but_language_and_address(
        self, shop: RunningGateway, home: MarkedCatalog, mailing: RawService
    ) -> None:
        await shop.ask(HOME, *POISON, "accept-language: ru-RU, en;q=0.5", "host-override: x")
        (seen,) = mailing.seen
        assert {name: value for name, value in seen.fields if name != b"x-request-id"} == {
            b"host": mailing.url.removeprefix("http://").encode(),
            b"accept-language": b"ru",
            b"x-forwarded-for": b"127.0.0.1",
            b"x-forwarded-proto": b"http",
        } | {name: value for name, value in seen.fields if name == b"traceparent"}

    async def test_a_poisoned_request_poisons_nobody(
        self, shop: RunningGateway, mailing: RawService
    ) -> None:
        async def echo(peer: Peer) -> None:
            while True:
                seen = await peer.request()
                lines = [b": ".join(field) for field in seen.fields if field[0] != b"host"]
                await peer.answer(b"\n".join(lines), fields=SPEAKING)

        mailing.script = echo
        poisoned = await shop.ask(HOME, *POISON)
        assert b"evil" not in poisoned.body
        assert (await shop.ask(HOME)).body == poisoned.body

    async def test_a_host_of_a_client_is_nobody_elses(
        self, shop: RunningGateway, home: MarkedCatalog, mailing: RawService
    ) -> None:
        async with connected(shop.port) as client:
            data = request(HOME).replace(b"host: shop.example", b"host: evil.example")
            assert (await client.ask(data)).status == 200
        assert b"evil" not in b"".join(value for _, value in mailing.seen[0].fields)
        await shop.ask(HOME)
        assert len(mailing.seen) == 1

    @pytest.mark.parametrize(
        "fields",
        [
            ("cache-control: no-cache",),
            ("cache-control: no-store", "pragma: no-cache"),
            ("range: bytes=0-1",),
            ('if-match: "0"',),
            ("if-modified-since: Mon, 30 Nov 2026 00:00:00 GMT",),
        ],
    )
    async def test_a_stranger_does_not_decide_how_much_work_a_service_has(
        self,
        shop: RunningGateway,
        home: MarkedCatalog,
        mailing: RawService,
        fields: tuple[str, ...],
    ) -> None:
        for _ in range(2):
            reply = await shop.ask(HOME, *fields)
            assert (reply.status, reply.body) == (200, b"page 1")
        assert len(mailing.seen) == 1

    async def test_head_is_served_from_what_get_brought_and_brings_it(
        self, shop: RunningGateway, home: MarkedCatalog, mailing: RawService
    ) -> None:
        async with connected(shop.port) as client:
            for path in ("/api/v1/home", "/api/v1/home?2"):
                for method in ("HEAD", "GET", "HEAD"):
                    reply = await client.ask(request(f"{method} {path}"))
                    assert (reply.status, reply.values(b"content-length")) == (200, [b"6"])
                    assert reply.body == (b"" if method == "HEAD" else b"page 1")
        assert [seen.line.split()[0] for seen in mailing.seen] == [b"GET", b"GET"]

    async def test_a_client_that_has_it_gets_a_304_out_of_the_cache(
        self, shop: RunningGateway, home: MarkedCatalog, mailing: RawService
    ) -> None:
        for _ in range(2):
            reply = await shop.ask(HOME, 'if-none-match: "1"')
            assert (reply.status, reply.body, reply.values(b"etag")) == (304, b"", [b'"1"'])
            assert reply.values(b"vary") != []
        assert len(mailing.seen) == 1
        assert mailing.seen[0].values(b"if-none-match") == []

    async def test_a_body_goes_past_the_cache_and_is_nobody_elses(
        self, shop: RunningGateway, home: MarkedCatalog, mailing: RawService
    ) -> None:
        await shop.ask(HOME, f"authorization: Bearer {MANAGER}", body=b"x")
        await shop.ask(HOME)
        assert [seen.body for seen in mailing.seen] == [b"x", b""]
        assert mailing.seen[0].values(b"authorization") == []

    async def test_where_nothing_is_kept_a_client_asks_for_news_itself(
        self, gateway: RunningGateway, home: MarkedCatalog, mailing: RawService
    ) -> None:
        reply = await gateway.ask(HOME, 'if-none-match: "1"', *POISON)
        assert (reply.status, reply.body) == (304, b"")
        assert mailing.seen[0].values(b"if-none-match") == [b'"1"']
        assert b"evil" not in b"".join(value for _, value in mailing.seen[0].fields)


class TestLanguages:
    async def test_a_thousand_ways_to_ask_are_two_answers(
        self, shop: RunningGateway, home: MarkedCatalog, mailing: RawService
    ) -> None:
        for number in range(1000):
            wanted = ("ru", "en", "de", "*")[number % 4]
            accepted = f"{wanted};q=0.9, x{number};q=0.{number}, en;q=0.1"
            assert (await shop.ask(HOME, f"accept-language: {accepted}")).status == 200
        assert [seen.values(b"accept-language") for seen in mailing.seen] == [[b"ru"], [b"en"]]
        assert len(shop.app.cached.open_cache) == 2

    @pytest.mark.parametrize("marked", [True, False])
    async def test_each_language_has_its_own_answer_even_if_the_service_forgets_to_say_so(
        self, shop: RunningGateway, mailing: RawService, marked: bool
    ) -> None:
        async def speak(peer: Peer) -> None:
            while True:
                (language,) = (await peer.request()).values(b"accept-language")
                await peer.answer(language, fields=SPEAKING if marked else MARK)

        mailing.script = speak
        given = {"ru-RU": b"ru", "en-GB": b"en", "de": b"en", "ru;q=0, *": b"en", "": b"en"}
        given["x" * 300 + ", ru"] = b"ru"
        for _ in range(2):
            for accepted, language in given.items():
                reply = await shop.ask(HOME, f"accept-language: {accepted}")
                assert reply.body == language
            assert (await shop.ask(HOME)).body == b"en"
        assert len(mailing.seen) == 2

    async def test_several_fields_are_one_list(
        self, shop: RunningGateway, home: MarkedCatalog, mailing: RawService
    ) -> None:
        await shop.ask(HOME, "accept-language: en;q=0.1", "accept-language: ru")
        assert mailing.seen[0].values(b"accept-language") == [b"ru"]


class TestStampede:
    async def test_two_hundred_concurrently_are_one_request(
        self,
        shop: RunningGateway,
        home: MarkedCatalog,
        mailing: RawService,
        counts: Callable[[], dict[str, int]],
    ) -> None:
        home.gate.clear()
        asked = [asyncio.create_task(shop.ask(HOME, *POISON[n % 14 :][:1])) for n in range(200)]
        await followers(shop, 199)
        home.gate.set()
        replies = await asyncio.gather(*asked)
        assert {(reply.status, reply.body) for reply in replies} == {(200, b"page 1")}
        assert len(mailing.seen) == 1
        assert counts() == {"misses": 1, "shared": 199}

    async def test_two_hundred_concurrently_validate_once_what_is_old(
        self,
        shop: RunningGateway,
        home: MarkedCatalog,
        mailing: RawService,
        clock: MovableClock,
        counts: Callable[[], dict[str, int]],
    ) -> None:
        await shop.ask(HOME)
        clock.advance(KEPT)
        home.gate.clear()
        asked = [asyncio.create_task(shop.ask(HOME)) for _ in range(200)]
        await followers(shop, 199)
        home.gate.set()
        assert {(await task).body for task in asked} == {b"page 1"}
        assert mailing.seen[1].values(b"if-none-match") == [b'"1"']
        assert counts() == {"misses": 2, "shared": 199, "validated": 1}

    async def test_two_hundred_concurrently_get_the_failure_of_one(
        self, shop: RunningGateway, mailing: RawService
    ) -> None:
        failed = asyncio.Event()

        async def fail(_peer: Peer) -> None:
            await failed.wait()

        mailing.script = after_request(fail)
        asked = [asyncio.create_task(shop.ask(HOME)) for _ in range(200)]
        await followers(shop, 199)
        failed.set()
        assert {(await task).status for task in asked} == {502}
        assert len(mailing.seen) == 1


class TestWhatIsNotKept:
    @pytest.mark.parametrize("status", ["404 No", "401 No", "403 No", "422 No", "429 No", "302 No"])
    async def test_only_a_200_is(
        self, shop: RunningGateway, home: MarkedCatalog, mailing: RawService, status: str
    ) -> None:
        home.status = status
        for _ in range(3):
            assert (await shop.ask(HOME)).status == int(status[:3])
        assert len(mailing.seen) == 3
        home.status = "200 OK"
        assert (await shop.ask(HOME)).body == b"page 1"

    @pytest.mark.parametrize("failure", ["500 No", "503 No", "closed", "silent"])
    async def test_a_service_that_is_away_is_said_to_be_away(
        self,
        shop: RunningGateway,
        home: MarkedCatalog,
        mailing: RawService,
        clock: MovableClock,
        failure: str,
    ) -> None:
        await shop.ask(HOME)
        clock.advance(KEPT)
        await mailing.forget()
        if failure == "silent":
            mailing.script = after_request(keep_silent)
        elif failure == "closed":
            mailing.script = after_request(lambda _peer: asyncio.sleep(0))
        else:
            mailing.script, home.status, home.version = home, failure, 2
        for _ in range(2):
            assert (await shop.ask(HOME)).status >= 500
        await mailing.forget()
        mailing.script, home.status = home, "200 OK"
        assert (await shop.ask(HOME)).status == 200

    @pytest.mark.parametrize(
        "fields",
        ["", f"{MARK}vary: *\r\n", f"{MARK}vary: User-Agent\r\n", f"{MARK}set-cookie: a=b\r\n"],
    )
    async def test_what_the_service_does_not_give_to_all_is_not_kept(
        self, shop: RunningGateway, home: MarkedCatalog, mailing: RawService, fields: str
    ) -> None:
        home.fields = fields
        for _ in range(2):
            reply = await shop.ask(HOME)
            assert (reply.status, reply.values(b"set-cookie")) == (200, [])
        assert len(mailing.seen) == 2


class TestValidation:
    async def test_a_change_is_seen_when_its_seconds_are_over(
        self,
        shop: RunningGateway,
        home: MarkedCatalog,
        clock: MovableClock,
        counts: Callable[[], dict[str, int]],
    ) -> None:
        home.fields = SPEAKING.replace("max-age=60", "max-age=10")
        assert (await shop.ask(HOME)).body == b"page 1"
        home.version = 2
        clock.advance(timedelta(seconds=9))
        assert (await shop.ask(HOME)).body == b"page 1"
        clock.advance(timedelta(seconds=1))
        assert (await shop.ask(HOME)).body == b"page 2"
        clock.advance(timedelta(seconds=10))
        assert (await shop.ask(HOME)).body == b"page 2"
        assert counts() == {"misses": 3, "hits": 1, "validated": 1}

    async def test_metrics_show_it(
        self, shop: RunningGateway, home: MarkedCatalog, clock: MovableClock
    ) -> None:
        name = "vitrina_response_cache_validated_total"
        before = _sample(shop, name)
        await shop.ask(HOME)
        clock.advance(KEPT)
        await shop.ask(HOME)
        assert _sample(shop, name) - before == 1
        assert _sample(shop, "vitrina_response_cache_bytes", readers="anyone") > 0
        assert _sample(shop, "vitrina_response_cache_bytes", readers="signed-in") == 0


class TestChanges:
    """What editors do, whose changes everybody sees."""

    PUBLISH = "POST /api/v1/drafts/1/publish"
    EDITOR = f"authorization: Bearer {access_token(roles=['user', 'blog_manager'])}"

    async def test_the_next_reader_sees_a_change_immediately(
        self, shop: RunningGateway, home: MarkedCatalog, mailing: RawService
    ) -> None:
        pages = (HOME, "GET /api/v1/articles?page=1", "GET /api/v1/articles/feed.atom")
        for page in pages:
            assert (await shop.ask(page)).body == b"page 1"
        assert (await shop.ask(self.PUBLISH, self.EDITOR, "content-length: 0")).status == 200
        for page in pages:
            assert (await shop.ask(page)).body == b"page 2"
            assert (await shop.ask(page)).values(b"age") == [b"0"]

    async def test_who_asked_before_a_change_brings_nothing_to_those_who_ask_after(
        self, shop: RunningGateway, home: MarkedCatalog, mailing: RawService
    ) -> None:
        home.gate.clear()
        early = asyncio.create_task(shop.ask(HOME))
        await until(lambda: len(mailing.seen) == 1)
        before, home.gate = home.gate, asyncio.Event()
        home.gate.set()
        assert (await shop.ask(self.PUBLISH, self.EDITOR, "content-length: 0")).status == 200
        before.set()
        assert (await early).body == b"page 1"
        assert (await shop.ask(HOME)).body == b"page 2"

    async def test_what_is_refused_outdates_nothing(
        self, shop: RunningGateway, home: MarkedCatalog, mailing: RawService
    ) -> None:
        await shop.ask(HOME)
        assert (await shop.ask(self.PUBLISH, "content-length: 0")).status == 401
        home.status = "403 No"
        assert (await shop.ask(self.PUBLISH, self.EDITOR, "content-length: 0")).status == 403
        assert (await shop.ask(HOME)).values(b"age") == [b"0"]

    async def test_what_editors_see_is_not_kept(
        self, shop: RunningGateway, home: MarkedCatalog, mailing: RawService
    ) -> None:
        for _ in range(2):
            await shop.ask("GET /api/v1/drafts", self.EDITOR)
        assert len(mailing.seen) == 2
        assert len(shop.app.cached.cache) == len(shop.app.cached.open_cache) == 0


class TestRoom:
    async def test_strangers_drop_nothing_of_those_who_are_signed_in(
        self, shop: RunningGateway, home: MarkedCatalog, catalog: RawService, mailing: RawService
    ) -> None:
        shop.app.cached.open_cache = ResponseCache(10_000)
        await read(shop)
        replies: list[Reply] = [await shop.ask(f"{HOME}?{number}") for number in range(50)]
        assert {reply.status for reply in replies} == {200}
        assert shop.app.cached.open_cache.size <= 10_000
        dropped = _sample(shop, "vitrina_response_cache_dropped_total", readers="anyone")
        assert dropped == 50 - len(shop.app.cached.open_cache)
        await read(shop)
        assert len(catalog.seen) == 1
        await shop.ask(f"{HOME}?0")
        assert len(mailing.seen) == 51

    async def test_what_is_open_has_a_part_of_the_memory(self, settings: GatewaySettings) -> None:
        changed = settings.model_copy(update={"cache_size": 4_000_003})
        cached = create_app(changed).cached
        assert cached.open_cache.capacity == 1_000_000
        assert cached.cache.capacity == 3_000_003
