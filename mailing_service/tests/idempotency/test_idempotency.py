"""Keys of requests that are done once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi import FastAPI

from mailing_service.errors import IdempotencyKeyReused
from mailing_service.idempotency.service import REMEMBERED, erase_owner, forget_old, once
from mailing_service.models.idempotency import IdempotencyKey
from testing.clock import movable_clock

pytestmark = pytest.mark.usefixtures("app", "empty_tables")
ANNA = uuid4()


class Work:
    """Counts how often it is done."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> str:
        self.times += 1
        return f"response {self.times}"


async def test_the_same_request_is_done_once_for_a_day(app: FastAPI) -> None:
    del app
    work = Work()
    first = await once(ANNA, "key", request="POST", do=work)
    again = await once(ANNA, "key", request="POST", do=work)
    with movable_clock() as clock:
        clock.advance(REMEMBERED + timedelta(seconds=1))
        later = await once(ANNA, "key", request="POST", do=work)

    assert (first.body, again.body, later.body) == ("response 1", "response 1", "response 2")
    assert (first.is_replayed, again.is_replayed, later.is_replayed) == (False, True, False)


async def test_a_key_is_one_persons_and_one_requests() -> None:
    work = Work()
    await once(ANNA, "key", request="POST", do=work)
    await once(uuid4(), "key", request="POST", do=work)
    with pytest.raises(IdempotencyKeyReused):
        await once(ANNA, "key", request="PATCH", do=work)

    assert work.times == 2


async def test_without_a_key_it_is_always_done() -> None:
    work = Work()
    for _ in range(2):
        await once(ANNA, None, request="POST", do=work)

    assert work.times == 2


async def test_old_keys_are_forgotten_and_those_of_erased_people() -> None:
    await once(ANNA, "key", request="POST", do=Work())
    await once(uuid4(), "key", request="POST", do=Work())

    await erase_owner(ANNA)
    assert await IdempotencyKey.all().count() == 1
    assert await forget_old() == 0
    with movable_clock() as clock:
        clock.advance(REMEMBERED + timedelta(hours=2))
        assert await forget_old() == 1
