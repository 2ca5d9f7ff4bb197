"""Kept connections to one mail server, and the exchange of one email (RFC 5321)."""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum, auto

from shared.smtp.outcomes import Fault, Outcome, Result, bounded
from shared.smtp.server import MailServer, Tls
from shared.smtp.session import CLOSING, ConnectionLost, NoSession, Reply, Session

BeforeMail = Callable[[], Awaitable[bool]]
"""Awaited with a connection at hand, before MAIL; False keeps the email back."""

_START_CONTENT = 354


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who the server is given as sender and recipient: addresses of shared.smtp.addresses."""

    sender: str = field(repr=False)
    recipient: str = field(repr=False)


class _Stage(Enum):
    MAIL = auto()
    RECIPIENT = auto()
    CONTENT = auto()


class _Unused(Exception):
    """The connection was closed before the server looked at the email."""

    def __init__(self, cause: str, reply: Reply | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.reply = reply


class Connections:
    """Up to `server.connections` connections, each for many emails; for one event loop."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._free = asyncio.Semaphore(server.connections)
        self._idle: deque[Session] = deque()
        self._tls: ssl.SSLContext | None = None

    async def send(
        self, envelope: Envelope, content: bytes, *, before_mail: BeforeMail | None = None
    ) -> Outcome:
        """Hand over one email; never raises for what the server does.

        `content` has lines of up to 998 characters, all ended by CRLF. A cancelled send closes
        its connection, and its caller cannot know more than that the email may have left.
        """
        async with self._free:
            started = time.monotonic()
            try:
                session, is_new = await self._session()
            except NoSession as error:
                return _unreached(error, started)
            try:
                if before_mail is not None and not await before_mail():
                    self._keep(session)
                    return Outcome(Result.NOT_ATTEMPTED, cause="kept back")
                return await self._send(session, envelope, content, is_new=is_new)
            except BaseException:
                session.close()
                raise

    async def close(self) -> None:
        """End all connections that are idle."""
        while self._idle:
            await self._idle.pop().quit()

    async def _session(self) -> tuple[Session, bool]:
        """Return the connection used last, or a new one; raises NoSession."""
        while self._idle:
            session = self._idle.pop()
            if session.is_usable:
                return session, False
            session.close()
        return await self._new_session(), True

    async def _new_session(self) -> Session:
        if self._tls is None and self.server.tls is not Tls.NONE:
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        return await Session.open(self.server, self._tls)

    async def _send(
        self, session: Session, envelope: Envelope, content: bytes, *, is_new: bool
    ) -> Outcome:
        """Exchange it; once more where a kept connection proves closed."""
        started = time.monotonic()
        try:
            outcome = await self._exchange(session, envelope, content)
        except _Unused as unused:
            session.close()
            if not is_new:
                return await self._send_anew(envelope, content, started)
            code, text = (unused.reply.code, unused.reply.text) if unused.reply else (None, "")
            return _not_attempted(unused.cause, code, text, Fault.SERVER, started)
        if session.needs_reset:
            await session.reset()
        self._keep(session)
        return replace(outcome, duration=_since(started))

    async def _send_anew(self, envelope: Envelope, content: bytes, started: float) -> Outcome:
        try:
            session = await self._new_session()
        except NoSession as error:
            return _unreached(error, started)
        try:
            return await self._send(session, envelope, content, is_new=True)
        except BaseException:
            session.close()
            raise

    async def _exchange(self, session: Session, envelope: Envelope, content: bytes) -> Outcome:
        """Say MAIL, RCPT and DATA, and send the content; raises _Unused."""
        exchange = _Exchange(session, envelope, content)
        try:
            async with asyncio.timeout(self.server.timeout.total_seconds()):
                return await exchange.run()
        except TimeoutError:
            session.close()
            return exchange.interrupted("timeout")
        except ConnectionLost as error:
            return exchange.interrupted(error.cause)

    def _keep(self, session: Session) -> None:
        if session.is_usable:
            self._idle.append(session)
        else:
            session.close()


class _Exchange:
    """One email through one session; `stage` says how far it came."""

    def __init__(self, session: Session, envelope: Envelope, content: bytes) -> None:
        self._session = session
        self._envelope = envelope
        self._content = content
        self.stage = _Stage.MAIL

    async def run(self) -> Outcome:
        """Return the outcome; raises ConnectionLost, or _Unused before the server saw the email."""
        session = self._session
        try:
            reply = await session.command(b"MAIL", _path(b"FROM", self._envelope.sender))
        except ConnectionLost as lost:
            if lost.cause == "SMTPReadTimeoutError":
                raise
            raise _Unused(lost.cause) from None
        if reply.code == CLOSING:
            raise _Unused("421", reply)
        if not reply.is_positive:
            return self._refused(reply, Fault.SENDER)
        self.stage = _Stage.RECIPIENT
        reply = await session.command(b"RCPT", _path(b"TO", self._envelope.recipient))
        if not reply.is_positive:
            return self._refused(reply, Fault.RECIPIENT)
        reply = await session.command(b"DATA")
        if reply.code != _START_CONTENT:
            return self._refused(reply, Fault.CONTENT)
        self.stage = _Stage.CONTENT
        reply = await session.content(self._content)
        if not reply.is_positive:
            return self._refused(reply, Fault.CONTENT)
        return Outcome(Result.SENT, reply.code, bounded(reply.text))

    def interrupted(self, cause: str) -> Outcome:
        """Return the outcome of an exchange that the server left unfinished."""
        is_uncertain = self.stage is _Stage.CONTENT
        result = Result.UNCERTAIN if is_uncertain else Result.TEMPORARY
        return Outcome(result, cause=cause, fault=Fault.SERVER)

    def _refused(self, reply: Reply, fault: Fault) -> Outcome:
        self._session.needs_reset = True
        text = bounded(reply.text)
        cause = f"{fault} {reply.code}"
        if reply.code == CLOSING:
            self._session.close()
        if reply.is_permanent:
            return Outcome(Result.PERMANENT, reply.code, text, cause, fault)
        return Outcome(Result.TEMPORARY, reply.code, text, cause)


def _path(keyword: bytes, address: str) -> bytes:
    return keyword + b":<" + address.encode("ascii") + b">"


def _unreached(error: NoSession, started: float) -> Outcome:
    fault = Fault.SIGN_IN if error.is_sign_in_refused else Fault.SERVER
    return _not_attempted(error.cause, error.code, error.text, fault, started)


def _not_attempted(
    cause: str, code: int | None, text: str, fault: Fault, started: float
) -> Outcome:
    duration = _since(started)
    return Outcome(Result.NOT_ATTEMPTED, code, bounded(text), cause, fault, duration)


def _since(started: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - started)
