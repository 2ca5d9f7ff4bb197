"""What became of an email, whatever its server does."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.smtp.connections import Connections, Envelope
from shared.smtp.outcomes import LONGEST_TEXT, Fault, Outcome, Result
from shared.smtp.server import MailServer
from testing.smtp.sink import DROP, HANG, SPLIT, Reaction, Sink, Step, reply, slow

TO_ANNA = Envelope("bounce@shop.example", "anna@example.com")
CONTENT = b"Subject: x\r\n\r\n.\r\n..two\r\nend\r\n"


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with Sink(keeps_commands=True).running() as sink:
        yield sink


def server(sink: Sink, **changes: object) -> MailServer:
    seconds = timedelta(seconds=5)
    return replace(
        MailServer(
            "127.0.0.1",
            sink.port,
            timeout=seconds,
            command_timeout=seconds,
            connect_timeout=seconds,
        ),
        **changes,  # type: ignore[arg-type]
    )


@pytest.fixture
async def connections(sink: Sink) -> AsyncIterator[Connections]:
    connections = Connections(server(sink))
    yield connections
    await connections.close()


async def send(connections: Connections) -> Outcome:
    return await connections.send(TO_ANNA, CONTENT)


async def test_an_email_is_sent_as_it_is(connections: Connections, sink: Sink) -> None:
    outcome = await send(connections)

    assert (outcome.result, outcome.code, outcome.text) == (Result.SENT, 250, "2.0.0 taken")
    assert outcome.duration > timedelta(0)
    (email,) = sink.emails
    assert email.content == CONTENT
    assert (email.sender, email.recipients) == ("bounce@shop.example", ("anna@example.com",))


@pytest.mark.parametrize("content", [b"", b".", b"a: b\r\n\r\n.\r\n.\r\n.", b"x" * 200_000])
async def test_any_content_arrives(connections: Connections, sink: Sink, content: bytes) -> None:
    assert (await connections.send(TO_ANNA, content)).is_sent
    assert (await send(connections)).is_sent

    assert sink.emails[0].content.removesuffix(b"\r\n") == content
    assert sink.sessions == 1


REFUSALS = [
    (Step.MAIL, "451 4.3.0 later", Result.TEMPORARY, None),
    (Step.MAIL, "530 5.7.0 sign in first", Result.PERMANENT, Fault.SENDER),
    (Step.RCPT, "450 4.2.1 busy", Result.TEMPORARY, None),
    (Step.RCPT, "452 4.5.3 quota", Result.TEMPORARY, None),
    (Step.RCPT, "421 4.7.0 closing", Result.TEMPORARY, None),
    (Step.RCPT, "550 5.1.1 nobody", Result.PERMANENT, Fault.RECIPIENT),
    (Step.DATA, "451 4.3.0 later", Result.TEMPORARY, None),
    (Step.DATA, "554 5.6.0 no", Result.PERMANENT, Fault.CONTENT),
    (Step.END, "452 4.3.1 full", Result.TEMPORARY, None),
    (Step.END, "421 4.7.0 closing", Result.TEMPORARY, None),
    (Step.END, "554 5.7.1 spam", Result.PERMANENT, Fault.CONTENT),
]


@pytest.mark.parametrize(("step", "line", "result", "fault"), REFUSALS)
async def test_a_refusal_says_whose_fault_it_is_and_the_next_email_goes(
    connections: Connections,
    sink: Sink,
    step: Step,
    line: str,
    result: Result,
    fault: Fault | None,
) -> None:
    sink.when(step, reply(line), times=1)

    outcome = await send(connections)

    assert (outcome.result, outcome.fault) == (result, fault)
    assert (outcome.code, outcome.text) == (int(line[:3]), line[4:])
    assert (await send(connections)).is_sent
    assert sink.sessions == (2 if line.startswith("421") else 1)


DROPS = [
    (Step.CONNECT, Result.NOT_ATTEMPTED),
    (Step.EHLO, Result.NOT_ATTEMPTED),
    (Step.MAIL, Result.NOT_ATTEMPTED),
    (Step.RCPT, Result.TEMPORARY),
    (Step.DATA, Result.TEMPORARY),
    (Step.BODY, Result.UNCERTAIN),
    (Step.END, Result.UNCERTAIN),
]


@pytest.mark.parametrize(("step", "result"), DROPS)
async def test_a_dropped_connection_says_whether_the_server_may_have_the_email(
    connections: Connections, sink: Sink, step: Step, result: Result
) -> None:
    sink.when(step, DROP, times=1)

    outcome = await send(connections)

    assert (outcome.result, outcome.fault, outcome.code) == (result, Fault.SERVER, None)
    assert (await send(connections)).is_sent


HANGS = [
    (Step.CONNECT, Result.NOT_ATTEMPTED),
    (Step.EHLO, Result.NOT_ATTEMPTED),
    (Step.MAIL, Result.TEMPORARY),
    (Step.RCPT, Result.TEMPORARY),
    (Step.DATA, Result.TEMPORARY),
    (Step.BODY, Result.UNCERTAIN),
    (Step.END, Result.UNCERTAIN),
]


@pytest.mark.timing
@pytest.mark.parametrize(
    "impatience",
    [
        {"timeout": timedelta(seconds=0.2)},
        {"command_timeout": timedelta(seconds=0.2), "timeout": timedelta(seconds=0.4)},
    ],
)
@pytest.mark.parametrize(("step", "result"), HANGS)
async def test_a_server_that_hangs_costs_no_more_than_the_timeout(
    sink: Sink, step: Step, result: Result, impatience: dict[str, timedelta]
) -> None:
    sink.when(step, HANG, times=1)
    impatience = {"connect_timeout": timedelta(seconds=0.2), **impatience}
    connections = Connections(server(sink, **impatience))

    async with asyncio.timeout(10):
        outcome = await send(connections)

    assert (outcome.result, outcome.fault) == (result, Fault.SERVER)
    assert (await send(Connections(server(sink)))).is_sent


@pytest.mark.parametrize("banner", ["421 too busy", "554 no service", "nonsense"])
async def test_a_banner_that_refuses_costs_no_attempt(
    connections: Connections, sink: Sink, banner: str
) -> None:
    sink.when(Step.CONNECT, reply(banner), times=1)

    outcome = await send(connections)

    assert (outcome.result, outcome.fault) == (Result.NOT_ATTEMPTED, Fault.SERVER)
    assert outcome.is_server_at_fault
    assert (await send(connections)).is_sent


async def test_a_server_that_is_not_there_costs_no_attempt(sink: Sink) -> None:
    connections = Connections(server(sink, port=1))

    outcome = await send(connections)

    assert (outcome.result, outcome.code) == (Result.NOT_ATTEMPTED, None)
    assert outcome.cause == "SMTPConnectError"


async def test_a_421_on_a_kept_connection_is_a_new_connection_and_no_attempt(sink: Sink) -> None:
    sink.emails_per_connection = 3
    connections = Connections(server(sink))

    outcomes = [await send(connections) for _ in range(7)]

    assert all(outcome.is_sent for outcome in outcomes)
    assert sink.sessions == 3
    sink.when(Step.MAIL, reply("421 4.7.0 go away"))
    assert (await send(connections)).result is Result.NOT_ATTEMPTED


async def test_a_kept_connection_that_was_closed_is_replaced(sink: Sink) -> None:
    connections = Connections(server(sink))
    for _ in range(3):
        assert (await send(connections)).is_sent
        sink.drop_all()
        assert (await send(connections)).is_sent  # the close may not have been seen yet
        await asyncio.sleep(0.01)
    assert len(sink.emails) == 6


async def test_connections_have_a_life(sink: Sink) -> None:
    few = Connections(server(sink, emails_per_connection=2))
    for _ in range(5):
        await send(few)
    assert sink.sessions == 3
    old = Connections(server(sink, longest_age=timedelta(0)))
    for _ in range(3):
        await send(old)
    assert sink.sessions == 6
    idle = Connections(server(sink, longest_idle=timedelta(0)))
    for _ in range(3):
        await send(idle)
    assert sink.sessions == 9


async def test_there_are_no_more_connections_than_allowed(sink: Sink) -> None:
    sink.max_connections = 4
    sink.when(Step.DATA, slow(0.01))
    connections = Connections(server(sink, connections=4))

    outcomes = await asyncio.gather(*(send(connections) for _ in range(60)))

    assert all(outcome.is_sent for outcome in outcomes)
    assert sink.sessions == 4
    await connections.close()
    await asyncio.sleep(0.01)
    assert not sink.open


@pytest.mark.parametrize(
    "reaction", [SPLIT, reply("250-2.0.0 one", "250-two\x07", "250 three")], ids=["split", "lines"]
)
async def test_replies_in_pieces_and_lines_are_one(
    connections: Connections, sink: Sink, reaction: Reaction
) -> None:
    for step in (Step.MAIL, Step.RCPT, Step.END):
        sink.when(step, reaction)
    outcome = await send(connections)

    assert outcome.is_sent
    assert outcome.text in {"2.0.0 taken", "2.0.0 one two three"}


async def test_a_servers_text_is_bounded(connections: Connections, sink: Sink) -> None:
    sink.when(Step.RCPT, reply("550-" + "long " * 300, "550 \x1b[31mend\x00"))

    outcome = await send(connections)

    assert len(outcome.text) == LONGEST_TEXT
    assert outcome.text.isprintable()
    assert "long" not in repr(outcome)


async def test_a_server_that_never_stops_talking_is_left(
    connections: Connections, sink: Sink
) -> None:
    sink.when(Step.END, reply(*["250-" + "x" * 5000] * 20), times=1)

    assert (await send(connections)).result is Result.UNCERTAIN
    assert (await send(connections)).is_sent


async def test_a_server_with_no_extension_takes_it_too(sink: Sink) -> None:
    sink.extensions = ()
    assert (await send(Connections(server(sink)))).is_sent
    sink.when(Step.EHLO, reply("502 no EHLO here"), times=1)
    assert (await send(Connections(server(sink)))).is_sent
    assert "HELO" in sink.commands


async def test_the_hook_comes_before_mail_and_may_keep_the_email_back(
    connections: Connections, sink: Sink
) -> None:
    seen: list[list[str]] = []

    async def go_on() -> bool:
        seen.append(list(sink.commands))
        return True

    async def keep_back() -> bool:
        return False

    assert (await connections.send(TO_ANNA, CONTENT, before_mail=go_on)).is_sent
    assert seen == [["EHLO"]]
    outcome = await connections.send(TO_ANNA, CONTENT, before_mail=keep_back)
    assert (outcome.result, outcome.is_server_at_fault) == (Result.NOT_ATTEMPTED, False)
    assert sink.commands.count("MAIL") == 1
    assert (await send(connections)).is_sent
    assert sink.sessions == 1


async def test_the_hook_is_awaited_once_and_not_without_a_server(sink: Sink) -> None:
    calls = 0

    async def count() -> bool:
        nonlocal calls
        calls += 1
        return True

    connections = Connections(server(sink, emails_per_connection=100))
    sink.when(Step.MAIL, reply("421 4.7.0 closing"), times=1, session=1)
    await send(connections)
    sink.when(Step.MAIL, DROP, times=1)
    assert (await connections.send(TO_ANNA, CONTENT, before_mail=count)).result in {
        Result.SENT,
        Result.NOT_ATTEMPTED,
    }
    assert calls == 1
    away = Connections(server(sink, port=1))
    assert not (await away.send(TO_ANNA, CONTENT, before_mail=count)).is_sent
    assert calls == 1


async def test_a_send_that_is_cancelled_leaves_no_connection_in_the_middle(sink: Sink) -> None:
    sink.when(Step.END, HANG, times=1)
    connections = Connections(server(sink))
    task = asyncio.create_task(send(connections))
    while not sink.emails:
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (await send(connections)).is_sent
    assert sink.sessions == 2


def test_neither_addresses_nor_the_password_show() -> None:
    shown = repr(TO_ANNA) + repr(MailServer("h", 25, username="shop", password="secret"))

    assert "anna" not in shown
    assert "secret" not in shown
