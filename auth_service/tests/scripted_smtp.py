"""A mail server on the loopback interface that behaves as badly as a test wants it to."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

HANG = "hang"
DROP = "drop"

_USUAL = {
    "CONNECT": "220 mail.test ESMTP",
    "EHLO": "250 mail.test",
    "HELO": "250 mail.test",
    "MAIL": "250 fine",
    "RCPT": "250 fine",
    "DATA": "354 go on",
    ".": "250 taken",
    "QUIT": "221 bye",
    "RSET": "250 fine",
}


@dataclass
class ScriptedSmtp:
    """Answers as usual, but for what the session's entry in `script` says at some step.

    A step is a command, CONNECT, or "." for the end of the letter; beyond the script's last entry
    every session is as usual. An answer may be HANG or DROP.
    """

    script: list[Mapping[str, str]] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    sessions: int = 0
    met: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.taken]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)  # a task that hangs is held by nobody else
        own = self.script[self.sessions] if self.sessions < len(self.script) else {}
        self.sessions += 1
        try:
            await self._talk({**_USUAL, **own}, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _talk(
        self,
        answers: Mapping[str, str],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        step = "CONNECT"
        while await self._answer(answers.get(step, "502 what?"), writer) and step != "QUIT":
            if step == "DATA" and answers[step].startswith("354"):
                raw = await reader.readuntil(b"\r\n.\r\n")
                step = "."
                if answers[step].startswith(("2", HANG, DROP)):
                    self.taken.append(raw[:-3])
                continue
            line = (await reader.readuntil(b"\r\n")).decode().strip()
            step = line.split()[0].upper()
            if step == "RCPT" and answers[step].startswith("2"):
                self.recipients.append(line.partition("<")[2].partition(">")[0])

    async def _answer(self, answer: str, writer: asyncio.StreamWriter) -> bool:
        """Give an answer; tell whether to go on."""
        if answer in {HANG, DROP}:
            self.met.set()
        if answer == HANG:
            await asyncio.Event().wait()
        if answer == DROP:
            return False
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()
        return True
