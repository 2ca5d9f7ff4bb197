"""One connection of a client to the sink."""

import asyncio
import math
import ssl
from base64 import b64decode
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, cast

from testing.smtp.script import OK, Reaction, Step

if TYPE_CHECKING:
    from testing.smtp.sink import Sink

_USUAL = {
    Step.CONNECT: "220 mail.test ESMTP",
    Step.STARTTLS: "220 go ahead",
    Step.AUTH: "235 welcome",
    Step.MAIL: "250 2.1.0 fine",
    Step.RCPT: "250 2.1.5 fine",
    Step.DATA: "354 go on",
    Step.BODY: "",
    Step.END: "250 2.0.0 taken",
    Step.RSET: "250 2.0.0 fine",
    Step.NOOP: "250 2.0.0 fine",
    Step.QUIT: "221 2.0.0 bye",
}
_END = b"\r\n.\r\n"
_VERBS = frozenset({"STARTTLS", "AUTH", "MAIL", "DATA", "RSET", "NOOP", "QUIT"})


@dataclass(frozen=True, slots=True)
class Received:
    """An email that was taken, or whose reply the script kept back."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    """As it was before dots were doubled; empty if the sink keeps no contents."""
    session: int
    is_confirmed: bool
    """Whether the client got the reply that it was taken."""

    @property
    def message(self) -> EmailMessage:
        """Return it parsed."""
        return message_from_bytes(self.content, policy=policy.default)


class Session(asyncio.Protocol):
    """One connection of a client."""

    def __init__(self, sink: "Sink") -> None:
        self._sink = sink
        self._transport: asyncio.Transport | None = None
        self._input = bytearray()
        self._waits = False
        self._timer: asyncio.TimerHandle | None = None
        self._is_in_content = False
        self._is_body_begun = False
        self._is_signed_in = sink.credentials is None
        self._is_tls = sink.is_tls_first
        self._emails = 0
        self._sender = ""
        self._recipients: list[str] = []
        self._upgrade: asyncio.Task[None] | None = None
        self.number = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, unless this is the transport of STARTTLS."""
        is_new = self._transport is None
        self._transport = cast(asyncio.Transport, transport)  # uvloop's inherit from nothing
        if is_new:
            self.number = self._sink.sessions
            self._sink.sessions += 1
            limit = self._sink.max_connections
            is_full = limit is not None and len(self._sink.open) >= limit
            self._sink.open.add(self)
            self._react(Step.CONNECT, "421 too many connections" if is_full else None)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Forget the session."""
        self._sink.open.discard(self)
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Take what is there, as far as no reply is due before."""
        self._input += data
        self._proceed()

    def drop(self) -> None:
        """Close without a word."""
        if self._transport is not None:
            self._transport.abort()

    def _proceed(self) -> None:
        while not self._waits and self._input:
            if self._is_in_content:
                if not self._take_content():
                    return
                continue
            end = self._input.find(b"\r\n")
            if end < 0:
                return
            line = bytes(self._input[:end])
            del self._input[: end + 2]
            self._take_command(line.decode("utf-8", "replace"))

    def _take_content(self) -> bool:
        """Take the content, if all of it is there; a rule may interrupt it."""
        if not self._is_body_begun:
            self._is_body_begun = True
            reaction = self._sink.reaction(Step.BODY, self, self._recipients)
            if reaction is not OK:
                self._perform(reaction, "")
                return False
        # The content may be empty: then its dot stands at the very beginning.
        end = -2 if self._input.startswith(b".\r\n") else self._input.find(_END)
        if end == -1:
            return False
        content = bytes(self._input[: max(end + 2, 0)])
        del self._input[: end + len(_END)]
        self._is_in_content = False
        self._end_content(content)
        return True

    def _end_content(self, content: bytes) -> None:
        reaction = self._sink.reaction(Step.END, self, self._recipients)
        is_taken = not reaction.reply or reaction.reply.startswith("2")
        if is_taken:
            kept = b""
            if self._sink.keeps_content:
                kept = content.replace(b"\r\n..", b"\r\n.")
                kept = kept[1:] if kept.startswith(b"..") else kept
            is_confirmed = not reaction.is_drop and reaction.delay < math.inf
            self._sink.emails.append(
                Received(self._sender, tuple(self._recipients), kept, self.number, is_confirmed)
            )
        self._emails += 1
        self._sender, self._recipients = "", []
        self._perform(reaction, _USUAL[Step.END])

    def _take_command(self, line: str) -> None:
        verb, _, argument = line.partition(" ")
        verb = verb.upper()
        if self._sink.keeps_commands:
            self._sink.commands.append(verb)
        refusal = None
        if verb == "MAIL":
            refusal = self._refusal_of_mail()
            self._sender, self._recipients = _address(argument), []
        elif verb == "RCPT":
            self._recipients.append(_address(argument))
            self._take_recipient()
            return
        elif verb == "DATA":
            refusal = None if self._recipients else "503 no recipient"
        elif verb == "AUTH":
            refusal = self._refusal_of_sign_in(argument)
        elif verb == "RSET":
            self._sender, self._recipients = "", []
        if verb in {"EHLO", "HELO"}:
            self._react(Step.EHLO, self._greeting() if verb == "EHLO" else "250 mail.test")
        elif verb in _VERBS:
            self._react(Step(verb), refusal)
        else:
            self._send("502 5.5.1 what?")

    def _take_recipient(self) -> None:
        reaction = self._sink.reaction(Step.RCPT, self, self._recipients[-1:])
        if reaction.reply and not reaction.reply.startswith("2"):
            self._recipients.pop()
        self._perform(reaction, _USUAL[Step.RCPT])

    def _refusal_of_mail(self) -> str | None:
        limit = self._sink.emails_per_connection
        if limit is not None and self._emails >= limit:
            return "421 4.7.0 enough for one connection"
        return None if self._is_signed_in else "530 5.7.0 sign in first"

    def _refusal_of_sign_in(self, argument: str) -> str | None:
        mechanism, _, response = argument.partition(" ")
        parts = b64decode(response).decode().split("\0") if mechanism == "PLAIN" else []
        self._is_signed_in = tuple(parts[1:]) == self._sink.credentials
        return None if self._is_signed_in else "535 5.7.8 no"

    def _greeting(self) -> str:
        offered = list(self._sink.extensions)
        if self._sink.tls is not None and not self._is_tls:
            offered.append("STARTTLS")
        if self._sink.credentials is not None:
            offered.append("AUTH PLAIN")
        lines = ["mail.test", *offered]
        return "\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"])

    def _react(self, step: Step, instead: str | None = None) -> None:
        """Do what the rules say, else reply `instead`, else as usual."""
        reaction = self._sink.reaction(step, self, self._recipients)
        text = reaction.reply or instead or _USUAL[step]
        if step is Step.DATA and text.startswith("354"):
            self._is_in_content, self._is_body_begun = True, False
        self._perform(reaction, text)
        is_over = step is Step.QUIT or text.startswith("421")
        if is_over and reaction.delay == 0 and self._transport is not None:
            self._transport.close()
        if step is Step.STARTTLS and text.startswith("220"):
            self._waits = True
            self._upgrade = asyncio.ensure_future(self._start_tls())

    def _perform(self, reaction: Reaction, text: str) -> None:
        text = reaction.reply or text
        if reaction.delay == math.inf:
            self._waits = True
        elif reaction.delay:
            self._waits = True
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(reaction.delay, self._resume, reaction, text)
        else:
            self._finish(reaction, text)

    def _resume(self, reaction: Reaction, text: str) -> None:
        self._waits = False
        self._finish(reaction, text)
        self._proceed()

    def _finish(self, reaction: Reaction, text: str) -> None:
        if reaction.is_drop:
            self._waits = True
            self.drop()
        elif reaction.is_split:
            self._waits = True
            self._upgrade = asyncio.ensure_future(self._send_split(text))
        elif text:
            self._send(text)

    def _send(self, text: str) -> None:
        assert self._transport is not None
        self._transport.write(text.replace("\n", "\r\n").encode() + b"\r\n")

    async def _send_split(self, text: str) -> None:
        assert self._transport is not None
        for byte in text.replace("\n", "\r\n").encode() + b"\r\n":
            self._transport.write(bytes([byte]))
            await asyncio.sleep(0.001)
        self._waits = False
        self._proceed()

    async def _start_tls(self) -> None:
        assert self._transport is not None
        assert self._sink.tls is not None
        loop = asyncio.get_running_loop()
        try:
            upgraded = await loop.start_tls(self._transport, self, self._sink.tls, server_side=True)
        except (OSError, ssl.SSLError):
            self.drop()
            return
        if upgraded is None:  # the client has gone
            return
        self._transport, self._is_tls, self._waits = upgraded, True, False
        self._proceed()


def _address(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]
