"""Choosing who answers a read: a replica that has what the primary has, or else the primary.

The primary is asked for its revision, which concurrent readers share; a replica gives the revision
of what it has read in the very statement that reads it. Only if both are the same that is the
answer: so it is what the primary would have answered at that moment, whatever a replica lacks.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TypeVar

from catalog_service.replicas.replica import Replica, ReplicaUnavailable
from catalog_service.revision import RevisionReader
from shared.database.connection import watch_connections
from shared.database.statements import Run, primary
from shared.periodic import every
from shared.telemetry.metrics import Metrics

PROBE_INTERVAL = timedelta(seconds=1)

AnswerT = TypeVar("AnswerT")
Reading = Callable[[Run], Awaitable[AnswerT]]
"""A use case that changes nothing, given who runs its statements."""


class Replicas:
    """The replicas that ordinary reads are shared out among; there may be none."""

    def __init__(self, replicas: Sequence[Replica], revision: RevisionReader) -> None:
        self.replicas = tuple(replicas)
        self._revision = revision
        self._turn = 0

    async def read(self, reading: Reading[AnswerT]) -> AnswerT:
        """Return what `reading` finds at a replica, or at the primary."""
        in_use = [replica for replica in self._in_turn() if replica.is_used]
        if not in_use:
            return await reading(primary)
        wanted = await self._revision.read()
        for replica in in_use:
            try:
                return await reading(partial(replica.run, wanted=wanted))
            except ReplicaUnavailable:
                continue
        return await reading(primary)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Probe the replicas for as long as the context lasts."""
        if not self.replicas:
            yield
            return
        try:
            async with every(PROBE_INTERVAL, self.probe, name="probe the replicas"):
                yield
        finally:
            for replica in self.replicas:
                await replica.close()

    async def probe(self) -> None:
        """Find out which replicas can be used."""
        wanted = await self._revision.read()
        await asyncio.gather(*(replica.probe(wanted) for replica in self.replicas))

    def show(self, metrics: Metrics) -> None:
        """Show what each replica does."""
        for replica in self.replicas:
            _show(replica, metrics)

    def _in_turn(self) -> Iterator[Replica]:
        """Give them all, each time beginning with another."""
        self._turn += 1
        for number in range(len(self.replicas)):
            yield self.replicas[(self._turn + number) % len(self.replicas)]


def _show(replica: Replica, metrics: Metrics) -> None:
    server = replica.server
    watch_connections(metrics, lambda: replica.pool, server=server)
    for outcome in replica.reads:
        metrics.watch(
            "counter",
            "vitrina_replica_reads",
            "Reads sent to a replica by outcome; what it did not answer went to the primary.",
            partial(replica.reads.__getitem__, outcome),
            server=server,
            outcome=outcome,
        )
    metrics.watch(
        "gauge",
        "vitrina_replica_in_use",
        "Whether a replica is asked.",
        lambda: replica.is_used,
        server=server,
    )
    metrics.watch(
        "gauge",
        "vitrina_replica_behind_seconds",
        "Time for which a replica has been without the newest change of a product.",
        replica.seconds_behind,
        server=server,
    )
