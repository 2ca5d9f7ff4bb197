"""One connection to a mail server, signed in and protected as its settings say."""

import asyncio
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass

import aiosmtplib

from shared.smtp.outcomes import bounded
from shared.smtp.server import MailServer, Tls

CLOSING = 421
_GOODBYE = 1.0  # seconds for QUIT, whose reply changes nothing


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as RFC 5321 has it."""

    code: int
    text: str

    @property
    def is_positive(self) -> bool:
        """Tell whether it is 2xx."""
        return self.code // 100 == 2  # noqa: PLR2004 - the class of the code

    @property
    def is_permanent(self) -> bool:
        """Tell whether it is 5xx."""
        return self.code // 100 == 5  # noqa: PLR2004 - the class of the code


class NoSession(Exception):
    """The server cannot be used now; `cause` is a word for logs."""

    def __init__(
        self, cause: str, *, code: int | None, text: str, is_sign_in_refused: bool
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.code = code
        self.text = bounded(text)
        self.is_sign_in_refused = is_sign_in_refused


class ConnectionLost(Exception):
    """The connection ended, timed out or lost its rhythm; it is closed."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Session:
    """A connection that takes one email after another."""

    def __init__(self, server: MailServer, client: aiosmtplib.SMTP) -> None:
        self._server = server
        self._client = client
        self._timeout = server.command_timeout.total_seconds()
        self._opened_at = self._used_at = time.monotonic()
        self.emails = 0
        self.needs_reset = False

    @classmethod
    async def open(cls, server: MailServer, tls: ssl.SSLContext | None) -> "Session":
        """Connect and sign in; raises NoSession."""
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.tls is Tls.TLS,
            start_tls=server.tls is Tls.STARTTLS,
            tls_context=tls,
            local_hostname=server.local_hostname,
            timeout=server.connect_timeout.total_seconds(),
        )
        try:
            async with asyncio.timeout(server.connect_timeout.total_seconds()):
                await client.connect()
                await _say_hello(client)
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError, ValueError) as error:
            client.close()
            raise _no_session(error) from None
        except BaseException:
            client.close()
            raise
        return cls(server, client)

    @property
    def is_usable(self) -> bool:
        """Tell whether another email may go through it."""
        now = time.monotonic()
        return (
            self._client.is_connected
            and self.emails < self._server.emails_per_connection
            and now - self._opened_at < self._server.longest_age.total_seconds()
            and now - self._used_at < self._server.longest_idle.total_seconds()
        )

    async def command(self, *words: bytes) -> Reply:
        """Say one command; raises ConnectionLost."""
        try:
            code, text = await self._client.execute_command(*words, timeout=self._timeout)
        except (aiosmtplib.SMTPException, OSError) as error:
            self.close()
            raise ConnectionLost(type(error).__name__) from None
        return Reply(code, text)

    async def content(self, content: bytes) -> Reply:
        """Send what follows DATA, whose lines end with CRLF; raises ConnectionLost.

        After it was called, the server may have the email whatever it raises.
        """
        protocol = self._client.protocol
        if protocol is None:
            raise ConnectionLost("closed")
        stuffed = content.replace(b"\r\n.", b"\r\n..")
        if stuffed.startswith(b"."):
            stuffed = b"." + stuffed
        end = b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            protocol.write(stuffed + end)
            code, text = await protocol.read_response()  # the exchange has a timeout
        except (aiosmtplib.SMTPException, OSError) as error:
            self.close()
            raise ConnectionLost(type(error).__name__) from None
        self.emails += 1
        self._used_at = time.monotonic()
        return Reply(code, text)

    async def reset(self) -> None:
        """Have the server forget a transaction that was refused; close if it does not."""
        try:
            reply = await self.command(b"RSET")
        except ConnectionLost:
            return
        self._used_at = time.monotonic()
        self.needs_reset = False
        if not reply.is_positive:
            self.close()

    async def quit(self) -> None:
        """End the session politely; nothing that happens here matters."""
        with suppress(aiosmtplib.SMTPException, OSError):
            async with asyncio.timeout(_GOODBYE):
                await self._client.quit()
        self.close()

    def close(self) -> None:
        """Close the connection without a word."""
        self._client.close()


async def _say_hello(client: aiosmtplib.SMTP) -> None:
    """Say EHLO, unless the sign-in has done so; a server of RFC 821 gets HELO."""
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError:
            await client.helo()


def _no_session(error: Exception) -> NoSession:
    """Name the error; only a reply's own text is kept, and that for the attempt alone."""
    code = getattr(error, "code", None)
    text = getattr(error, "message", "") if code else ""
    name = type(error).__name__
    return NoSession(
        f"{name} {code}" if code else name,
        code=code,
        text=str(text),
        is_sign_in_refused=isinstance(error, aiosmtplib.SMTPAuthenticationError),
    )
