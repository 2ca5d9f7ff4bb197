"""The services in the foreground, as a Procfile runner does it: honcho's Manager."""

import signal
import subprocess
import sys
from queue import SimpleQueue
from threading import Thread
from typing import Any

from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message
from honcho.process import Popen

from standalone import guard
from standalone.printing import GUIDE, JsonPrinter, TerminalPrinter
from standalone.services import Program
from standalone.settings import ROOT

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def guarded(program: Program) -> list[str]:
    """The command of ``program`` behind a guard, which ends it when we are gone."""
    return [sys.executable, "-E", "-S", guard.__file__, "--stop=TERM:25", "--", *program.command]


class _Events(SimpleQueue[Any]):
    """What the programs tell the manager, and who ended with which status, in this order."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: list[tuple[str, int]] = []

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: FBT001, FBT002
        if item.type == "stop":
            self.ended.append((item.name, item.data["returncode"]))
        super().put(item, block, timeout)


class Runner(Manager):  # type: ignore[misc]
    """Starts the programs, shows what they say, and stops all of them when one ends.

    Where honcho forks a process to read each program's output, this uses a thread: the ends of the
    guards' pipes must be held by this process alone.
    """

    def __init__(
        self, programs: list[Program], printer: TerminalPrinter | JsonPrinter | None = None
    ) -> None:
        super().__init__(printer)
        self.events = _Events()
        self.failure: str | None = None  # why all was stopped, unless somebody asked for it
        for program in programs:
            self.add_process(
                program.name, guarded(program), env=dict(program.environment), cwd=str(ROOT)
            )

    @property
    def ended(self) -> list[tuple[str, int]]:
        """Who ended with which exit status, in this order."""
        return self.events.ended

    def say(self, words: str) -> None:
        """Print words for people, in one piece between what the programs say."""
        self.events.put(Message("line", words, self._clock.now(), GUIDE, None))

    def fail(self, sentence: str) -> None:
        """Stop all, because of what the sentence says."""
        if not self._terminating:
            self.failure = sentence
            self.terminate()

    def terminate(self) -> None:
        """Stop all: called by `fail`, by honcho when a program has ended, or for a signal."""
        if self.ended and not self._terminating and self.failure is None:
            name, status = self.ended[0]
            self.failure = (
                f"{name} ended by itself (exit status {status}), so everything else was stopped."
                " Its last words are above."
            )
        super().terminate()

    def kill(self) -> None:
        """Leave it to the guards, who end their programs within a bound; honcho would kill them."""

    def _system_print(self, data: str) -> None:
        """Queue what honcho prints: its signal handler may interrupt another print."""
        self.events.put(Message("line", data, self._clock.now(), SYSTEM_PRINTER_NAME, None))

    def _start(self) -> None:
        """Start all, with signals kept back, so that their handler knows every process id."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            for entry in self._processes.values():
                process = entry["obj"]
                child = Popen(
                    process.cmd,
                    env=process.env,
                    cwd=process.cwd,
                    shell=False,
                    stdin=subprocess.PIPE,
                )
                entry["pid"] = child.pid
                Thread(target=self._watch, args=(process, child), daemon=True).start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def _watch(self, process: Any, child: "subprocess.Popen[bytes]") -> None:
        process._child_ctor = lambda *_, **__: child
        process.run(self.events)
        if child.stdin:
            child.stdin.close()
