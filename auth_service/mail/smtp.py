"""The mail server that letters are handed to."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from enum import StrEnum

import aiosmtplib

_GOODBYE = 1.0  # seconds for QUIT, whose answer changes nothing
_FIRST_PERMANENT_CODE = 500


class Tls(StrEnum):
    """How the connection is protected; what is asked for is never given up silently."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class NotSent(Exception):
    """The letter was not taken; `cause` is a word for the log, without anybody's address."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Refused(NotSent):
    """The server will never take this letter (5xx to its recipient or its content)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where to hand letters to; one exchange, from connecting to acceptance, takes `timeout`."""

    host: str
    port: int
    tls: Tls
    timeout: timedelta
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    async def send(self, message: EmailMessage) -> None:
        """Hand over one letter; raises Refused, or NotSent when it is worth another try."""
        client = self._client()
        try:
            async with asyncio.timeout(self.timeout.total_seconds()):
                await client.connect()
                await client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refusal.code for refusal in error.recipients]
            raise _not_sent(error, min(codes, default=0)) from None
        except aiosmtplib.SMTPDataError as error:
            raise _not_sent(error, error.code) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotSent(_describe(error)) from None
        else:
            await _say_goodbye(client)
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            use_tls=self.tls is Tls.TLS,
            start_tls=self.tls is Tls.STARTTLS,
            local_hostname="localhost",
            timeout=self.timeout.total_seconds(),
        )


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    """End the session; the letter has been taken, so nothing that happens here matters."""
    with suppress(aiosmtplib.SMTPException, OSError):
        async with asyncio.timeout(_GOODBYE):
            await client.quit()


def _not_sent(error: aiosmtplib.SMTPException, code: int) -> NotSent:
    if code >= _FIRST_PERMANENT_CODE:
        return Refused(f"{type(error).__name__} {code}")
    return NotSent(f"{type(error).__name__} {code}")


def _describe(error: Exception) -> str:
    """Name the error; its text may hold addresses or, of a login, more."""
    code = getattr(error, "code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
