"""What `make run` writes: lines for a person in a terminal, or JSON lines on standard output."""

import json
import os
import re
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TextIO

GUIDE: Final = "guide"
"""The name of messages for people."""
SYSTEM: Final = "system"
"""The name of messages of the runner itself."""

_SIGNAL = re.compile(r"SIG\w+ received")
_ROUTINE = re.compile(r"\d\d:\d\d:\d\d (DEBUG|INFO) ")


@dataclass(frozen=True, slots=True)
class Message:
    """Lines of a program, or of one of the names above."""

    name: str
    text: str | bytes
    time: datetime
    colour: str | None = None

    @property
    def lines(self) -> list[str]:
        """The text without a break at its end, line by line."""
        text = self.text.decode("utf-8", "replace") if isinstance(self.text, bytes) else self.text
        return text.rstrip("\n").split("\n")


class TerminalPrinter:
    """Lines with the name of their program.

    Until the first words for people, what the services write is kept back. Then it is shown unless
    it is routine; where nothing came of it, `show_all` shows everything.
    """

    def __init__(self, output: TextIO | None = None) -> None:
        self.width = 0
        self._output = output or sys.stdout
        self._has_colours = self._output.isatty() and not os.environ.get("NO_COLOR")
        self._kept: list[tuple[str, Message]] | None = []

    def write(self, message: Message) -> None:
        """Print a message; of the runner's own only that it stops concerns a person."""
        lines = message.lines
        if message.name == GUIDE:
            self._release(routine=False)
            self._print(*lines)
        elif message.name == SYSTEM:
            if _SIGNAL.match(lines[0]):
                self._print("Stopping …")
        else:
            for line in lines:
                self._say(line, message)

    def show_all(self) -> None:
        """Show what was kept back."""
        self._release(routine=True)

    def _say(self, line: str, message: Message) -> None:
        if self._kept is None:
            self._print(self._named(line, message))
        else:
            self._kept.append((line, message))

    def _release(self, *, routine: bool) -> None:
        kept, self._kept = self._kept or [], None
        for line, message in kept:
            if routine or not _ROUTINE.match(line):
                self._print(self._named(line, message))

    def _named(self, line: str, message: Message) -> str:
        name = f"{message.name:<{self.width}} |"
        if self._has_colours and message.colour:
            name = f"\033[{message.colour}m{name}\033[0m"
        return f"{name} {line}"

    def _print(self, *lines: str) -> None:
        for line in lines:
            print(line, file=self._output, flush=True)


class JsonPrinter:
    """One JSON object a line, as the services write them; words for people go elsewhere."""

    def __init__(self, output: TextIO | None = None, people: TextIO | None = None) -> None:
        self.width = 0
        self._output = output or sys.stdout
        self._people = people or sys.stderr

    def write(self, message: Message) -> None:
        """Print a message."""
        for line in message.lines:
            if message.name == GUIDE:
                print(line, file=self._people, flush=True)
            else:
                print(_as_json(line, message), file=self._output, flush=True)

    def show_all(self) -> None:
        """Nothing is kept back."""


def _as_json(line: str, message: Message) -> str:
    """A log line as it is; what else a program writes is no routine, such as a traceback."""
    if line.startswith("{"):
        return line
    ours = message.name == SYSTEM
    return json.dumps(
        {
            "timestamp": message.time.isoformat(),
            "level": "INFO" if ours else "ERROR",
            "message": line,
            "service": "standalone" if ours else message.name,
        },
        ensure_ascii=False,
    )
