"""The services in the foreground: started in order, shown line by line, stopped together.

Each program stands behind a reaper of its own, which ends it when this process is gone. An end is
noticed by a pidfd, or where there is none (macOS) by looking ten times a second; a program that is
stopped and continued has not ended.
"""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from itertools import cycle
from typing import IO, Final

from standalone import reaper
from standalone.printing import GUIDE, SYSTEM, JsonPrinter, Message, TerminalPrinter
from standalone.services import Program
from standalone.settings import ROOT

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_COLOURS: Final = ("36", "33", "32", "35", "34", "36;1", "33;1", "32;1", "35;1", "34;1")
_CHUNK: Final = 64 * 1024
_LOOKING: Final = 0.1
_DRAINING: Final = 2.0
"""Seconds for the last output of a program that has ended."""


def reaped(program: Program) -> list[str]:
    """Return the command of a program behind a reaper, which ends it when we are gone."""
    return [sys.executable, "-E", "-S", reaper.__file__, "--stop=TERM:25", "--", *program.command]


class Runner:
    """Starts the programs, shows their output, and stops all of them when one ends."""

    def __init__(
        self, programs: list[Program], printer: TerminalPrinter | JsonPrinter | None = None
    ) -> None:
        self.ended: list[tuple[str, int]] = []
        """Names and exit statuses, in the order of the ends."""
        self.failure: str | None = None
        """Why all was stopped, unless a signal asked for it."""
        self._programs = programs
        self._printer = printer or TerminalPrinter()
        self._printer.width = max(map(len, (program.name for program in programs)), default=0)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._asked = {program.name for program in programs if program.is_asked}
        self._is_stopping = False
        self._loop = asyncio.new_event_loop()

    def loop(self) -> None:
        """Run until every program has ended; signals come too late from then on."""
        for number in _SIGNALS:
            signal.signal(number, self._take_signal)
        try:
            self._loop.run_until_complete(self._run())
        finally:
            self._loop.close()

    def say(self, words: str) -> None:
        """Print words for people between the lines of the programs; from any thread."""
        self._later(self._write, GUIDE, words)

    def fail(self, sentence: str) -> None:
        """Stop all because of what the sentence says; from any thread."""
        self._later(self._stop, sentence)

    def _later(self, function: object, *arguments: object) -> None:
        with suppress(RuntimeError):  # everything has ended
            self._loop.call_soon_threadsafe(function, *arguments)  # type: ignore[arg-type]

    def _take_signal(self, number: int, _frame: object) -> None:
        self._later(self._stop_by_signal, signal.Signals(number).name)

    def _stop_by_signal(self, name: str) -> None:
        self._write(SYSTEM, f"{name} received")
        self._stop()

    async def _run(self) -> None:
        colours = cycle(_COLOURS)
        async with asyncio.TaskGroup() as watching:
            for program in self._programs:
                if self._is_stopping:
                    break
                process = self._start(program)
                watching.create_task(self._watch(program.name, process, next(colours)))

    def _start(self, program: Program) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            reaped(program),
            env=dict(program.environment),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._running[program.name] = process
        self._write(SYSTEM, f"{program.name} started (pid={process.pid})")
        return process

    async def _watch(self, name: str, process: "subprocess.Popen[bytes]", colour: str) -> None:
        showing = asyncio.create_task(self._show(name, process, colour))
        await _end_of(process)
        status = process.wait()
        _close(process.stdin)
        with suppress(ProcessLookupError, PermissionError):  # what it has left behind
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.wait({showing}, timeout=_DRAINING)
        showing.cancel()
        del self._running[name]
        self.ended.append((name, status))
        self._write(SYSTEM, f"{name} stopped (rc={status})")
        self._stop(
            f"{name} ended by itself (exit status {status}), so everything else was stopped."
            " Its last words are above."
        )
        self._end_next()

    async def _show(self, name: str, process: "subprocess.Popen[bytes]", colour: str) -> None:
        reader = asyncio.StreamReader()
        pipe, _ = await self._loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), process.stdout
        )
        rest = b""
        try:
            while data := await reader.read(_CHUNK):
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    self._write(name, line, colour)
        finally:
            pipe.close()
        if rest:
            self._write(name, rest, colour)

    def _stop(self, failure: str | None = None) -> None:
        """End all programs, once, and last those that others ask; see `_end_next`."""
        if self._is_stopping:
            return
        self._is_stopping = True
        self.failure = failure
        self._end_next()

    def _end_next(self) -> None:
        """End what asks others, or what is left; their reapers do it within a bound."""
        names = self._running.keys() - self._asked or self._running.keys()
        for process in [self._running[name] for name in names]:
            _close(process.stdin)
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)  # for a reaper that is stopped itself

    def _write(self, name: str, text: str | bytes, colour: str | None = None) -> None:
        self._printer.write(Message(name, text, datetime.now(UTC), colour))


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        pipe.close()


async def _end_of(process: "subprocess.Popen[bytes]") -> None:
    """Wait for the end of a child of this process."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        while process.poll() is None:  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(_LOOKING)
        return
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
