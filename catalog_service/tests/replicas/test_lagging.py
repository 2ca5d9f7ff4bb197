"""A replica that is behind: nobody sees the past, and it is used again once it has caught up."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from catalog_service.replicas.replica import LONGEST_REST, Replica
from catalog_service.tests.conftest import PRODUCTS
from catalog_service.tests.products.adding import add_named
from catalog_service.tests.replicas.conftest import client_of, used
from testing.clock import movable_clock
from testing.streaming import Standby

pytestmark = pytest.mark.timing


@pytest.fixture
async def tea(replica: Replica, standby: Standby) -> int:
    """A product that the replica has too."""
    [product_id] = await add_named("Tea")
    await standby.caught_up()
    return product_id


@pytest.fixture
async def paused(standby: Standby, tea: int) -> AsyncIterator[Standby]:
    """The replica has `tea` as it is now, and takes nothing more."""
    await standby.pause()
    yield standby
    await standby.resume()


@pytest.mark.usefixtures("paused")
async def test_one_sees_immediately_what_one_has_written(
    editor: httpx2.AsyncClient, tea: int
) -> None:
    one = f"{PRODUCTS}/{tea}"
    for price in range(1000, 1010):
        written = await editor.patch(one, json={"price": price})
        shown, listed = await editor.get(one), await editor.get(PRODUCTS)
        found = await editor.get(PRODUCTS, params={"q": "tea"})

        assert shown.json()["price"] == price
        assert shown.headers["etag"] == written.headers["etag"]
        for page in (listed, found):
            assert [item["price"] for item in page.json()["items"]] == [price]


@pytest.mark.usefixtures("paused")
async def test_everybody_sees_immediately_what_another_has_written(
    editor: httpx2.AsyncClient, reader: httpx2.AsyncClient, tea: int
) -> None:
    made = (await editor.post(PRODUCTS, json={"name": "Coffee", "price": 5})).json()
    await editor.delete(f"{PRODUCTS}/{tea}")

    assert (await reader.get(f"{PRODUCTS}/{made['id']}")).json() == made
    assert (await reader.get(f"{PRODUCTS}/{tea}")).status_code == 404
    assert (await reader.get(PRODUCTS)).json()["items"] == [made]
    assert (await reader.get(PRODUCTS, params={"q": "tea"})).json()["total"] == 0


@pytest.mark.usefixtures("paused")
async def test_what_has_changed_is_no_304(
    editor: httpx2.AsyncClient, reader: httpx2.AsyncClient, tea: int
) -> None:
    paths = PRODUCTS, f"{PRODUCTS}/{tea}", f"{PRODUCTS}?q=tea"
    known = {path: (await reader.get(path)).headers["etag"] for path in paths}
    for path, etag in known.items():
        assert (await reader.get(path, headers={"If-None-Match": etag})).status_code == 304
    await editor.patch(f"{PRODUCTS}/{tea}", json={"price": 7})

    for path, etag in known.items():
        for _ in range(2):
            answer = await reader.get(path, headers={"If-None-Match": etag})
            assert (answer.status_code, answer.headers["etag"] != etag) == (200, True)


async def test_it_is_left_alone_for_longer_each_time_and_comes_back(
    app: FastAPI, replica: Replica, paused: Standby, tea: int
) -> None:
    with movable_clock() as clock:
        async with client_of(app, "manager") as editor:
            await editor.patch(f"{PRODUCTS}/{tea}", json={"price": 8})
            before = replica.reads["behind"]
            for _ in range(200):  # 20 seconds
                await editor.get(PRODUCTS)
                clock.advance(timedelta(seconds=0.1))
            asked = replica.reads["behind"] - before
            assert 20 <= asked <= 35

            await paused.resume()
            answered = replica.reads["answered"]
            clock.advance(timedelta(seconds=LONGEST_REST))
            await editor.get(PRODUCTS)
            assert replica.reads["answered"] == answered + 1


async def test_a_probe_brings_it_back_immediately(
    app: FastAPI, replica: Replica, paused: Standby, tea: int
) -> None:
    with movable_clock() as clock:
        async with client_of(app, "manager") as editor:
            await editor.patch(f"{PRODUCTS}/{tea}", json={"price": 9})
            for _ in range(10):
                clock.advance(timedelta(seconds=LONGEST_REST))
                await editor.get(PRODUCTS)
        assert not replica.is_used
        await paused.resume()

        await used(app)


async def test_for_how_long_it_is_behind_is_reported(
    app: FastAPI, replica: Replica, paused: Standby, tea: int
) -> None:
    with movable_clock() as clock:
        async with client_of(app, "manager") as editor:
            await editor.patch(f"{PRODUCTS}/{tea}", json={"price": 9})
        assert replica.seconds_behind() == 0
        await app.state.replicas.probe()
        clock.advance(timedelta(seconds=90))
        await app.state.replicas.probe()
        assert 90 <= replica.seconds_behind() < 100

        await paused.resume()
        await app.state.replicas.probe()
        assert replica.seconds_behind() == 0
