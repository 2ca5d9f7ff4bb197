"""The rules held against those of a cache that knows nothing of us (hishel, RFC 9111)."""

import pytest
from hishel import (
    CacheMiss,
    CacheOptions,
    CouldNotBeStored,
    Headers,
    IdleClient,
    Request,
    Response,
    StoreAndUse,
)
from hypothesis import given
from hypothesis import strategies as st

from gateway.cache import rules as cache_rules
from gateway.headers import TARGETED, Fields
from gateway.tests.conftest import RunningGateway
from gateway.tests.marked_catalog import (
    KEPT,
    MANAGER,
    MARK,
    PAGE,
    READER,
    UNVERIFIED,
    MarkedCatalog,
    read,
)
from testing.clock import MovableClock
from testing.gateway.raw_service import RawService


def is_stored_by_others(status: int, fields: Fields, *, token: str | None = None) -> bool:
    """Tell whether a shared cache as RFC 9111 describes it keeps this response."""
    sent = {"authorization": f"Bearer {token}"} if token else {}
    begun = IdleClient(CacheOptions(shared=True)).next(
        Request("GET", f"https://shop.example{PAGE}", Headers(sent)), []
    )
    assert isinstance(begun, CacheMiss)
    received: dict[str, list[str]] = {}
    for name, value in fields:
        received.setdefault(name.decode(), []).append(value.decode("latin-1"))
    end = begun.next(Response(status, Headers(received)))
    assert isinstance(end, StoreAndUse | CouldNotBeStored)
    return isinstance(end, StoreAndUse)


class TestStrangersInFront:
    @pytest.mark.parametrize("token", [READER, MANAGER, UNVERIFIED, None])
    @pytest.mark.parametrize("passes_tokens", [True, False])
    async def test_they_store_nothing(
        self, shop: RunningGateway, clock: MovableClock, token: str | None, passes_tokens: bool
    ) -> None:
        for _ in range(3):  # cold, warm, validated
            for condition in ([], ['if-none-match: "1"']):
                reply = await read(shop, *condition, token=token or "none")
                shown = token if passes_tokens else None
                assert not is_stored_by_others(reply.status, reply.fields, token=shown)
            clock.advance(KEPT * 0.6)

    async def test_they_store_no_failure(
        self, shop: RunningGateway, catalog: RawService, pages: MarkedCatalog
    ) -> None:
        await read(shop)
        await catalog.forget()
        catalog.script = close_immediately
        reply = await read(shop, page="/api/v1/products?page=9")
        assert reply.status == 502
        assert not is_stored_by_others(reply.status, reply.fields)

    async def test_they_would_store_what_is_not_forbidden(
        self, shop: RunningGateway, pages: MarkedCatalog
    ) -> None:
        pages.fields = f"{MARK}cache-control: max-age=60\r\n"
        reply = await read(shop)
        assert is_stored_by_others(reply.status, reply.fields)


async def close_immediately(peer: object) -> None:
    """Answer nobody."""


DIRECTIVES = st.sampled_from(
    ["max-age=1", "max-age=0", "s-maxage=5", "s-maxage=0", "no-store", "private", "public",
     "no-cache", "must-revalidate", "no-transform", "stale-while-revalidate=60", "x=1", "max-age"]
)  # fmt: skip
STATUSES = st.sampled_from([200, 200, 203, 204, 206, 301, 304, 404, 500])
VARY = st.sampled_from([[], [b"Accept"], [b"accept-language, Accept-Encoding"], [b"*"], [b"X-A"]])


@given(status=STATUSES, directives=st.lists(DIRECTIVES, max_size=4), vary=VARY)
def test_what_is_kept_any_shared_cache_might_keep(
    status: int, directives: list[str], vary: list[bytes]
) -> None:
    said = ", ".join(directives)
    ours = [(TARGETED, said.encode()), *((b"vary", value) for value in vary)]
    theirs = [(b"cache-control", said.encode()), *((b"vary", value) for value in vary)]
    if cache_rules.lifetime(status, ours):
        assert is_stored_by_others(status, theirs)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (b"max-age=1", 1),
        (b" max-age=1 ", 1),
        (b"max-age=1, max-age=7", 7),
        (b"max-age=60, s-maxage=5", 5),
        (b'public, ext="a, \\"b", t=*x/y, d=-1.5, f=?0,max-age=3', 3),
        (b"Max-Age=1", 0),
        (b"max-age = 1", 0),
        (b"max-age=1;x=2", 0),
        (b"max-age=1.5", 0),
        (b"max-age=1 no-transform", 0),
        (b'ext="a', 0),
    ],
)
def test_the_mark_is_read_as_a_dictionary(said: bytes, seconds: int) -> None:
    assert cache_rules.lifetime(200, [(TARGETED, said)]) == seconds
