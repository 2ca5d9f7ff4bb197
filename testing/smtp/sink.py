"""A mail server on the loopback interface: fast, and as bad as its script wants it to be."""

import asyncio
import json
import signal
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

import uvloop

from testing.smtp.script import DROP, HANG, OK, SPLIT, Reaction, Rule, Step, reply, slow
from testing.smtp.session import Received, Session

__all__ = ["DROP", "HANG", "OK", "SPLIT", "Reaction", "Received", "Sink", "Step", "reply", "slow"]


@dataclass
class Sink:
    """Takes every email, but for what the rules say; the first rule that fits applies."""

    extensions: tuple[str, ...] = ("SIZE 10485760", "8BITMIME", "SMTPUTF8", "PIPELINING")
    tls: ssl.SSLContext | None = None
    """Offers STARTTLS with it, or speaks TLS from the first byte if `is_tls_first`."""
    is_tls_first: bool = False
    credentials: tuple[str, str] | None = None
    """Offers AUTH PLAIN, and wants it before MAIL."""
    emails_per_connection: int | None = None
    """Further ones get a 421."""
    max_connections: int | None = None
    """Further ones get a 421 instead of the banner."""
    keeps_content: bool = True
    port: int = 0
    rules: list[Rule] = field(default_factory=list)
    emails: list[Received] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    """The first word of each, all sessions together; empty unless `keeps_commands`."""
    keeps_commands: bool = False
    sessions: int = 0
    met: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first rule that applies."""
    open: set[Session] = field(default_factory=set)

    def when(
        self,
        step: Step,
        reaction: Reaction,
        *,
        recipient: str | None = None,
        domain: str | None = None,
        session: int | None = None,
        times: int | None = None,
    ) -> None:
        """Add a rule."""
        self.rules.append(Rule(step, reaction, recipient, domain, session, times))

    @property
    def recipients(self) -> list[str]:
        """Return the recipients of all emails, in their order."""
        return [recipient for email in self.emails for recipient in email.recipients]

    @property
    def messages(self) -> list[EmailMessage]:
        """Return all emails parsed."""
        return [email.message for email in self.emails]

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Sink"]:
        """Listen for as long as the context lasts, at the same port each time."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Session(self),
            "127.0.0.1",
            self.port,
            ssl=self.tls if self.is_tls_first else None,
            backlog=1024,
        )
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.drop_all()

    def drop_all(self) -> None:
        """Drop every connection."""
        for session in list(self.open):
            session.drop()

    def reaction(self, step: Step, session: "Session", recipients: list[str]) -> Reaction:
        """Return what the rules say, and count it."""
        for rule in self.rules:
            if rule.fits(step, session=session.number, recipients=recipients):
                self.met.set()
                if rule.remaining is not None:
                    rule.remaining -= 1
                return rule.reaction
        return OK


async def _serve(port: int) -> None:
    """Run as a process of its own: say where, and at the end how many emails came."""
    sink = Sink(port=port, keeps_content=False)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with sink.running():
        print(json.dumps({"port": sink.port}), flush=True)  # noqa: T201
        await stop.wait()
    unique = len(set(sink.recipients))
    figures = {"emails": len(sink.emails), "recipients": unique, "sessions": sink.sessions}
    print(json.dumps(figures), flush=True)  # noqa: T201


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
