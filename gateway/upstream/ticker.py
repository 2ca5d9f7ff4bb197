"""A clock for what need not be exact, so that no request has to set one of its own."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress

from gateway.upstream.errors import UpstreamError


class Ticker:
    """Calls `look` with the loop's time again and again, from `start()` to `stop()`."""

    def __init__(self, seconds: float, look: Callable[[float], None]) -> None:
        self._seconds = seconds
        self._look = look
        self._timer: asyncio.TimerHandle | None = None
        self._beside: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin, if it has not begun."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._tick)

    def stop(self) -> None:
        """End, and cancel what runs beside."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for task in self._beside:
            task.cancel()

    def beside(self, work: Coroutine[None, None, None]) -> None:
        """Do what takes time; that a service is not there is no news."""
        task = asyncio.create_task(_quietly(work))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        task.add_done_callback(
            lambda _: work.close()
        )  # also where it was cancelled before it began

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._seconds, self._tick)
        self._look(loop.time())


async def _quietly(work: Coroutine[None, None, None]) -> None:
    with suppress(UpstreamError):
        await work
