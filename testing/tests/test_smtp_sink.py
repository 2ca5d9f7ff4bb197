"""The sink does what its script says, and no test needs to know how."""

import asyncio

import pytest

from testing.smtp.sink import DROP, HANG, SPLIT, Reaction, Sink, Step, reply, slow

_ENVELOPE = "EHLO me\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<anna@example.com>\r\nDATA\r\n"
_CONTENT = "Subject: x\r\n\r\n..dot\r\n.\r\n"


async def talk(sink: Sink, text: str, seconds: float = 1.0) -> str:
    """Send all of it in one piece; return what comes back until the end or the timeout."""
    reader, writer = await asyncio.open_connection("127.0.0.1", sink.port)
    writer.write(text.encode())
    received = b""
    try:
        async with asyncio.timeout(seconds):
            while chunk := await reader.read(4096):
                received += chunk
    except (TimeoutError, ConnectionResetError):
        pass
    writer.transport.abort()
    return received.decode()


async def test_it_takes_an_email_and_undoes_the_dots() -> None:
    async with Sink().running() as sink:
        said = await talk(sink, f"{_ENVELOPE}{_CONTENT}QUIT\r\n")

    assert said.splitlines()[-1].startswith("221")
    (email,) = sink.emails
    assert (email.sender, email.recipients) == ("a@b.test", ("anna@example.com",))
    assert email.content == b"Subject: x\r\n\r\n.dot\r\n"
    assert email.is_confirmed


@pytest.mark.parametrize("step", [Step.CONNECT, Step.EHLO, Step.MAIL, Step.RCPT, Step.DATA])
@pytest.mark.parametrize("reaction", [DROP, HANG])
async def test_it_stops_at_each_step(step: Step, reaction: Reaction) -> None:
    async with Sink().running() as sink:
        sink.when(step, reaction)
        said = await talk(sink, _ENVELOPE + _CONTENT, seconds=0.1)

    replies = [line for line in said.splitlines() if line[3] == " "]
    steps = [Step.CONNECT, Step.EHLO, Step.MAIL, Step.RCPT, Step.DATA]
    assert len(replies) == steps.index(step)
    assert not sink.emails


@pytest.mark.parametrize("reaction", [DROP, HANG])
async def test_what_it_took_without_a_word_counts_as_unconfirmed(reaction: Reaction) -> None:
    async with Sink().running() as sink:
        sink.when(Step.END, reaction, times=1)
        await talk(sink, _ENVELOPE + _CONTENT, seconds=0.1)
        await talk(sink, f"{_ENVELOPE}{_CONTENT}QUIT\r\n")

    assert [email.is_confirmed for email in sink.emails] == [False, True]


@pytest.mark.parametrize("reaction", [DROP, HANG])
async def test_what_stops_in_the_body_is_not_taken(reaction: Reaction) -> None:
    async with Sink().running() as sink:
        sink.when(Step.BODY, reaction)
        await talk(sink, _ENVELOPE + _CONTENT, seconds=0.1)

    assert not sink.emails


async def test_rules_are_for_a_recipient_a_domain_or_a_session() -> None:
    async with Sink().running() as sink:
        sink.when(Step.RCPT, reply("550 5.1.1 nobody"), recipient="anna@example.com", times=1)
        sink.when(Step.RCPT, reply("450 4.2.1 later"), domain="example.com", session=1)
        first, second, third = [
            await talk(sink, f"{_ENVELOPE.removesuffix('DATA' + chr(13) + chr(10))}QUIT\r\n")
            for _ in range(3)
        ]

    assert "550 5.1.1 nobody" in first
    assert "450 4.2.1 later" in second
    assert "250 2.1.5" in third


async def test_replies_may_have_lines_come_in_pieces_and_late() -> None:
    async with Sink().running() as sink:
        sink.when(Step.NOOP, reply("250-one", "250 two"), times=1)
        sink.when(Step.NOOP, SPLIT, times=1)
        sink.when(Step.NOOP, slow(0.01), times=1)
        said = await talk(sink, "NOOP\r\nNOOP\r\nNOOP\r\nQUIT\r\n")

    assert said.splitlines()[1:3] == ["250-one", "250 two"]
    assert [line[:3] for line in said.splitlines()] == ["220", "250", "250", "250", "250", "221"]


async def test_it_has_limits() -> None:
    async with Sink(emails_per_connection=1, max_connections=1).running() as sink:
        said = await talk(sink, _ENVELOPE + _CONTENT + _ENVELOPE)
        _, writer = await asyncio.open_connection("127.0.0.1", sink.port)
        await asyncio.sleep(0.05)
        refused = await talk(sink, "")
        writer.transport.abort()

    assert said.splitlines()[-1].startswith("421 4.7.0")
    assert refused.startswith("421")
    assert len(sink.emails) == 1


async def test_it_asks_for_a_sign_in() -> None:
    async with Sink(credentials=("shop", "secret")).running() as sink:
        said = await talk(
            sink,
            "EHLO me\r\nMAIL FROM:<a@b>\r\nAUTH PLAIN AHNob3AAd3Jvbmc=\r\n"
            "AUTH PLAIN AHNob3AAc2VjcmV0\r\nMAIL FROM:<a@b>\r\nQUIT\r\n",
        )

    codes = [line[:3] for line in said.splitlines() if line[3] == " "]
    assert codes == ["220", "250", "530", "535", "235", "250", "221"]
    assert "AUTH PLAIN" in said
