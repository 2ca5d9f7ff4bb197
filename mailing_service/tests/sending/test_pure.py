"""What decides without a database: buckets, turns, waits and verdicts."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from mailing_service.models.deliveries import AttemptOutcome, DeliveryState
from mailing_service.return_paths import ReturnPaths
from mailing_service.sending.buffer import Buffer, Claimed
from mailing_service.sending.due import DueRun, Turns
from mailing_service.sending.limits.buckets import Bucket
from mailing_service.sending.retries import Backoff
from mailing_service.sending.verdicts import KEPT_BACK, verdict_on
from shared.smtp.outcomes import Fault, Outcome, Result

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def claimed(number: int, owner: UUID, *, run_id: int = 1, domain: str = "a.example") -> Claimed:
    return Claimed(number, run_id, owner, domain, 0.0)


def test_a_bucket_gives_no_more_than_its_rate() -> None:
    bucket, taken = Bucket(0, NOW), 0
    for tenth in range(1, 101):
        got, bucket = bucket.take(100, NOW + tenth * SECOND / 10, rate=20)
        taken += got
    assert taken == 200


def test_a_bucket_saves_up_little_and_a_new_one_is_full() -> None:
    assert Bucket(0, NOW).take(100, NOW + 3600 * SECOND, rate=20)[0] == 8
    assert Bucket(0, None).take(100, NOW, rate=20)[0] == 8
    assert Bucket(0, None).take(100, NOW, rate=0.1)[0] == 1


def test_a_clock_that_is_set_back_neither_fills_a_bucket_nor_stops_it() -> None:
    taken, bucket = Bucket(0, NOW).take(100, NOW - 3600 * SECOND, rate=20)
    assert taken == 0
    assert bucket.take(100, NOW - 3599.5 * SECOND, rate=20)[0] == 8


def test_ten_emails_do_not_wait_behind_many_of_another_owner() -> None:
    buffer, many, few = Buffer(), uuid4(), uuid4()
    buffer.add(claimed(number, many) for number in range(100))
    buffer.take(50, lambda _: True)
    buffer.add(claimed(number, few, run_id=2) for number in range(100, 110))

    assert [one.owner_id for one in buffer.take(10, lambda _: True)] == [few] * 10


def test_owners_and_then_their_mailings_take_turns() -> None:
    buffer, first, second = Buffer(), uuid4(), uuid4()
    buffer.add(claimed(number, first, run_id=1) for number in range(4))
    buffer.add(claimed(number, first, run_id=2) for number in range(4, 8))
    buffer.add(claimed(number, second, run_id=3) for number in range(8, 12))

    taken = buffer.take(8, lambda _: True)

    assert [sum(one.run_id == run for one in taken) for run in (1, 2, 3)] == [2, 2, 4]
    assert len(buffer) == 4
    assert buffer.domains["a.example"] == 4


def test_a_domain_that_must_wait_holds_up_nobody_else() -> None:
    buffer, owner = Buffer(), uuid4()
    buffer.add(claimed(number, owner, domain="slow.example") for number in range(5))
    buffer.add(claimed(number, owner, domain="b.example") for number in range(5, 8))

    taken = buffer.take(8, lambda domain: domain != "slow.example")

    assert {one.domain for one in taken} == {"b.example"}
    assert buffer.domains == {"slow.example": 5}


def test_what_is_drained_is_gone() -> None:
    buffer, owner = Buffer(), uuid4()
    buffer.add(claimed(number, owner, run_id=number % 2) for number in range(6))

    assert {one.id for one in buffer.drain(lambda one: one.run_id == 1)} == {1, 3, 5}
    assert buffer.ids == {0, 2, 4}


def test_who_has_waited_longest_is_next() -> None:
    turns, owners = Turns(), [uuid4() for _ in range(4)]
    due = [DueRun(number, owners[number % 4]) for number in range(8)]
    chosen = [turns.next(due, 3) for _ in range(8)]

    counts = [sum(run in some for some in chosen) for run in range(8)]
    assert counts == [3] * 8


def test_waits_double_up_to_the_longest() -> None:
    backoff = Backoff(timedelta(seconds=30), timedelta(minutes=15))
    for attempts, seconds in ((1, 30), (2, 60), (5, 480), (6, 900), (1000, 900)):
        waits = [backoff.wait_after(attempts).total_seconds() for _ in range(50)]
        assert all(seconds * 0.8 <= wait <= seconds * 1.2 for wait in waits)
        assert len(set(waits)) > 1


@pytest.mark.parametrize(
    ("outcome", "state", "attempt", "is_used"),
    [
        (Outcome(Result.SENT, 250), "sent", "sent", True),
        (
            Outcome(Result.PERMANENT, 550, fault=Fault.RECIPIENT),
            "failed",
            "permanent_failure",
            True,
        ),
        (Outcome(Result.PERMANENT, 554, fault=Fault.CONTENT), "failed", "permanent_failure", True),
        (Outcome(Result.PERMANENT, 530, fault=Fault.SENDER), "pending", "temporary_failure", False),
        (Outcome(Result.TEMPORARY, 452), "pending", "temporary_failure", True),
        (Outcome(Result.TEMPORARY, 421), "pending", "temporary_failure", False),
        (
            Outcome(Result.TEMPORARY, cause="timeout", fault=Fault.SERVER),
            "pending",
            "temporary_failure",
            True,
        ),
        (
            Outcome(Result.TEMPORARY, cause="closed", fault=Fault.SERVER),
            "pending",
            "temporary_failure",
            False,
        ),
        (Outcome(Result.UNCERTAIN, fault=Fault.SERVER), "uncertain", "uncertain", True),
        (Outcome(Result.NOT_ATTEMPTED, cause="x", fault=Fault.SERVER), "pending", None, False),
        (
            Outcome(Result.NOT_ATTEMPTED, 421, fault=Fault.SERVER),
            "pending",
            "temporary_failure",
            False,
        ),
        (KEPT_BACK, "pending", None, False),
    ],
)
def test_only_what_is_the_emails_own_uses_an_attempt(
    outcome: Outcome, state: str, attempt: str | None, *, is_used: bool
) -> None:
    verdict = verdict_on(outcome)
    assert verdict.state == DeliveryState(state)
    assert verdict.attempt == (AttemptOutcome(attempt) if attempt else None)
    assert verdict.uses_attempt is is_used
    assert verdict.counts_in_quota is (state in {"sent", "uncertain"})


def test_a_return_path_names_its_delivery_and_cannot_be_forged() -> None:
    old, new = SecretStr("o" * 32), SecretStr("n" * 32)
    address = ReturnPaths([old], "shop.example").address_of(123)

    assert ReturnPaths([new, old], "shop.example").delivery_of(address.upper()) == 123
    assert ReturnPaths([new], "shop.example").delivery_of(address) is None
    assert ReturnPaths([old], "shop.example").delivery_of(address.replace("123", "124")) is None
    assert ReturnPaths([old], "shop.example").delivery_of("bounce+x@shop.example") is None
