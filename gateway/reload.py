"""The gateway as it is served: on SIGHUP another takes its place, and no request is dropped.

The next one reads its settings anew, of which files in SECRETS_DIR may have changed, and takes over
once it is ready; the one before it finishes what it has begun.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager
from types import SimpleNamespace

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from starlette.types import Receive, Scope, Send

from gateway import main, worker
from gateway.errors import NotReloaded
from gateway.pipeline import Entrance
from gateway.server.exchange import ClientExchange
from gateway.settings import GatewaySettings
from shared.metrics_sum import Snapshot, added, kept, read, snapshot
from shared.settings import load

READY_WITHIN = 10.0
"""Seconds that the next one may take to be ready."""

_LOOK = 0.05  # seconds between two looks whether it is

Build = Callable[[GatewaySettings], Entrance]

logger = logging.getLogger(__name__)


def create_app() -> "Reloadable":
    """Build what `python -m gateway` serves."""
    return Reloadable(main.create_app)


class Reloadable(Collector):
    """What the server serves: builds another gateway when it is told to.

    `state.metrics.registry` has the numbers of all that there were.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._settings = load(GatewaySettings)
        self.current = build(self._settings)
        self._life = self.current.life()
        self._past: tuple[Snapshot, tuple[Entrance, ...]] = ([], ())  # gone, and about to go
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self.state = SimpleNamespace(metrics=self)
        self._reloading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def collect(self) -> Iterator[Metric]:
        """Add up those that were, those that end, and the one that serves.

        A thread asks, at any moment: each gateway counts once, also while it is being replaced.
        """
        current = self.current
        gone, retiring = self._past
        ending = [kept([], _numbers(former)) for former in retiring if former is not current]
        yield from added([gone, *ending, _numbers(current)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Live as the server wants it; requests come by `begin`."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)

    def begin(self, client: ClientExchange) -> None:
        """Serve one request; what has begun stays with the gateway that it began with."""
        self.current.begin(client)

    def note_invalid(self, peer: tuple[str, int] | None) -> None:
        """Log that what came from `peer` is no request."""
        self.current.note_invalid(peer)

    async def reload(self) -> None:
        """Put another in the place of the current one; raises NotReloaded, and all stays."""
        async with self._reloading:
            try:
                settings = load(GatewaySettings)
            except SystemExit:  # it has said why
                raise NotReloaded("the settings are not usable") from None
            following = self._build(settings)
            life = following.life()
            await life.__aenter__()
            if not await _is_soon_ready(following):
                await life.__aexit__(None, None, None)
                raise NotReloaded("the next one was not ready in time")
            former, former_life = self.current, self._life
            following.cached.cache.follow(former.cached.cache)
            gone, retiring = self._past
            self._past = gone, (*retiring, former)
            self.current, self._life, self._settings = following, life, settings
            logger.info("reloaded")
        await self._retire(former, former_life)

    async def _retire(self, former: Entrance, life: AbstractAsyncContextManager[object]) -> None:
        """Let it finish what it has begun, within the time that a shutdown has."""
        try:
            async with asyncio.timeout(self._settings.shutdown_timeout):
                while former.observer.under_way:  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK)
        except TimeoutError:
            logger.warning("requests under way are cut", extra={"cause": "reload"})
        await life.__aexit__(None, None, None)
        gone = kept(self._past[0], _numbers(former))
        self._past = gone, tuple(other for other in self._past[1] if other is not former)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await self._life.__aenter__()
        line = worker.line()
        if line is not None:
            self._do(worker.answer(line, self.registry))
            await _is_soon_ready(self.current)  # until then the others accept
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._begin)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})  # the parent blocks it
        await send({"type": "lifespan.startup.complete"})
        await receive()
        loop.remove_signal_handler(signal.SIGHUP)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._life.__aexit__(None, None, None)
        await send({"type": "lifespan.shutdown.complete"})

    def _begin(self) -> None:
        self._do(self._reload_or_tell())

    def _do(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reload_or_tell(self) -> None:
        try:
            await self.reload()
        except NotReloaded as error:
            logger.error("not reloaded", extra={"cause": str(error)})  # noqa: TRY400
        except Exception:
            logger.exception("not reloaded")


def _numbers(entrance: Entrance) -> Snapshot:
    return read(snapshot(entrance.observer.metrics.registry))


async def _is_soon_ready(entrance: Entrance) -> bool:
    try:
        async with asyncio.timeout(READY_WITHIN):
            while not await entrance.is_ready():  # noqa: ASYNC110
                await asyncio.sleep(_LOOK)
    except TimeoutError:
        return False
    return True
