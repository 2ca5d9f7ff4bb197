"""What a mail server says at each step, and what becomes of the delivery."""

import asyncio
from datetime import timedelta

import pytest

from mailing_service.models.deliveries import Attempt, Delivery, DeliveryState
from mailing_service.models.sending import MailServerState
from mailing_service.tests.sending.conftest import Sending
from mailing_service.tests.sending.waiting import counts_of, until, until_over
from testing.database import ServiceDatabase
from testing.mailing.runs import addresses, assert_counts_are_exact, running_run
from testing.smtp.sink import DROP, HANG, SPLIT, Reaction, Sink, Step, reply, slow

RETRIED = [
    (Step.MAIL, reply("451 4.3.0 later"), 451),
    (Step.RCPT, reply("452 4.2.2 full"), 452),
    (Step.DATA, reply("451 4.3.0 later"), 451),
    (Step.END, reply("451-4.3.0 later", "451 4.3.0 really"), 451),
]
FREE = [
    (Step.MAIL, reply("421 4.7.0 bye"), 421),
    (Step.RCPT, reply("421 4.7.0 bye"), 421),
    (Step.MAIL, DROP, None),
    (Step.RCPT, DROP, None),
    (Step.DATA, DROP, None),
]


async def test_an_email_that_is_taken_is_sent_once_with_its_attempt(
    sending: Sending, sink: Sink, database: ServiceDatabase
) -> None:
    run = await running_run(addresses(30))
    async with sending():
        assert await until_over(run.id) == {"sent": 30}

    assert sorted(sink.recipients) == sorted(addresses(30))
    attempt = await Attempt.all().order_by("id").first()
    assert attempt is not None
    assert (attempt.outcome, attempt.code, attempt.response) == ("sent", 250, "2.0.0 taken")
    assert attempt.server == f"127.0.0.1:{sink.port}"
    assert await Delivery.filter(attempts=1, code=250, leased_by=None).count() == 30
    await assert_counts_are_exact(database.owner_url)


@pytest.mark.parametrize(("step", "reaction", "code"), RETRIED)
async def test_a_4xx_is_tried_again_later(
    sending: Sending, sink: Sink, step: Step, reaction: Reaction, code: int
) -> None:
    sink.when(step, reaction, times=1)
    run = await running_run(addresses(1))
    async with sending():
        assert await until_over(run.id) == {"sent": 1}

    attempts = await Attempt.all().order_by("id").values_list("outcome", "code")
    assert list(attempts) == [("temporary_failure", code), ("sent", 250)]
    assert (await Delivery.get()).attempts == 2


@pytest.mark.parametrize(("step", "reaction", "code"), FREE)
async def test_a_server_that_closes_costs_no_attempt(
    sending: Sending, sink: Sink, step: Step, reaction: Reaction, code: int | None
) -> None:
    sink.when(step, reaction, times=2)  # a kept connection that proves closed is opened anew
    run = await running_run(addresses(1))
    async with sending():
        assert await until_over(run.id) == {"sent": 1}

    assert (await Delivery.get()).attempts == 1
    assert {code for (code,) in await Attempt.filter(outcome="sent").values_list("code")} == {250}
    other = await Attempt.exclude(outcome="sent")
    assert {attempt.code for attempt in other} <= {code}


@pytest.mark.parametrize("step", [Step.RCPT, Step.DATA, Step.END])
async def test_a_5xx_is_final(sending: Sending, sink: Sink, step: Step) -> None:
    sink.when(step, reply("550 5.1.1 nobody here"), times=1)
    run = await running_run(addresses(3))
    async with sending(smtp_connections=1):
        assert await until_over(run.id) == {"sent": 2, "failed": 1}

    failed = await Delivery.get(state=DeliveryState.FAILED)
    assert (failed.code, failed.response) == (550, "5.1.1 nobody here")
    assert await Attempt.filter(delivery_id=failed.id).count() == 1


@pytest.mark.parametrize("step", [Step.BODY, Step.END])
async def test_a_connection_lost_with_the_content_leaves_an_uncertain_delivery(
    sending: Sending, sink: Sink, step: Step
) -> None:
    sink.when(step, DROP, times=1)
    run = await running_run(addresses(3))
    async with sending(smtp_connections=1):
        assert await until_over(run.id) == {"sent": 2, "uncertain": 1}

    assert len(sink.recipients) == len(set(sink.recipients))
    attempt = await Attempt.get(outcome="uncertain")
    assert attempt.code is None


@pytest.mark.parametrize(
    ("step", "expected"),
    [(Step.MAIL, {"sent": 1}), (Step.RCPT, {"sent": 1}), (Step.END, {"uncertain": 1})],
)
async def test_a_server_that_hangs_is_given_up(
    sending: Sending, sink: Sink, step: Step, expected: dict[str, int]
) -> None:
    sink.when(step, HANG, times=1)
    run = await running_run(addresses(1))
    async with sending(smtp_timeout=timedelta(seconds=1)):
        assert await until_over(run.id) == expected
    assert (await Delivery.get()).attempts == (1 if step is Step.END else 2)


async def test_slow_and_split_replies_are_replies(sending: Sending, sink: Sink) -> None:
    sink.when(Step.RCPT, SPLIT, times=2)
    sink.when(Step.END, slow(0.3), times=2)
    sink.when(Step.MAIL, reply("250-well", "250 fine"))
    run = await running_run(addresses(6))
    async with sending():
        assert await until_over(run.id) == {"sent": 6}


async def test_an_address_that_no_server_would_take_fails_by_itself(
    sending: Sending, sink: Sink
) -> None:
    run = await running_run(["a b@example.com", "fine@example.com", "x@пример.рф"])
    async with sending():
        assert await until_over(run.id) == {"sent": 2, "failed": 1}
    assert sorted(sink.recipients) == ["fine@example.com", "x@xn--e1afmkfd.xn--p1ai"]


async def test_a_server_that_takes_few_emails_a_connection_gets_more_connections(
    sending: Sending, sink: Sink
) -> None:
    sink.emails_per_connection = 3
    run = await running_run(addresses(20))
    async with sending(smtp_connections=2):
        assert await until_over(run.id) == {"sent": 20}
    assert await Attempt.exclude(outcome="sent").count() == 0


async def test_refused_connections_open_the_breaker_and_use_no_attempts(
    sending: Sending, sink: Sink
) -> None:
    sink.when(Step.CONNECT, DROP)
    run = await running_run(addresses(50))
    async with sending():
        await until(MailServerState.filter(failures__gte=3, last_error__isnull=False).exists)
        sink.rules.clear()
        assert await until_over(run.id) == {"sent": 50}

    assert await Delivery.filter(attempts=1).count() == 50
    assert (await MailServerState.get()).open_until is None
    assert len(set(sink.recipients)) == len(sink.recipients)


async def test_one_of_all_workers_probes_a_server_that_is_away(
    sending: Sending, sink: Sink
) -> None:
    sink.when(Step.CONNECT, DROP)
    run = await running_run(addresses(100))
    async with sending(), sending(), sending():
        await until(MailServerState.filter(failures__gte=3).exists)
        await asyncio.sleep(1)  # what was under way has failed by now, too
        before = sink.sessions
        await asyncio.sleep(2)
        # One probe a second at most, for which a kept connection may be opened anew once.
        assert sink.sessions - before <= 2 * 3
        sink.rules.clear()
        assert await until_over(run.id) == {"sent": 100}
    assert await Delivery.filter(attempts=1).count() == 100


async def test_a_refused_sign_in_stops_all_sending_to_that_server(
    sending: Sending, sink: Sink
) -> None:
    sink.credentials = ("user", "right")
    run = await running_run(addresses(20))
    async with sending(smtp_username="user", smtp_password="wrong"):
        await until(lambda: sink.sessions >= 3)
        sessions = sink.sessions
        assert sessions <= 25
        counts = await counts_of(run.id)
    assert counts.keys() <= {"pending", "claimed", "sending"}
    assert await Delivery.filter(attempts=0).count() == 20
    assert not sink.emails


async def test_the_spare_takes_over(sending: Sending, sink: Sink) -> None:
    async with Sink().running() as spare:
        sink.when(Step.CONNECT, reply("554 no"))
        run = await running_run(addresses(20))
        async with sending(spare_smtp_host="127.0.0.1", spare_smtp_port=spare.port):
            assert await until_over(run.id) == {"sent": 20}
        assert len(spare.emails) == 20
    names = {name for (name,) in await Attempt.filter(outcome="sent").values_list("server")}
    assert names == {f"127.0.0.1:{spare.port}"}
