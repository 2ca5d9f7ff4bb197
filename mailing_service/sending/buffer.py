"""What a worker has claimed and not yet begun: fair to owners, then to their mailings."""

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import count
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker has leased; `claimed_at` is monotonic."""

    id: int
    run_id: int
    owner_id: UUID
    domain: str
    claimed_at: float


Lane = tuple[int, str]
"""A run and a recipient domain."""

_FORGOTTEN = 0.1


@dataclass(slots=True)
class Buffer:
    """Serves the owner with the fewest emails of late, then each lane of theirs in turn.

    So ten emails do not wait behind the many of another owner. A lane that must wait is passed
    over.
    """

    _owners: OrderedDict[UUID, OrderedDict[Lane, deque[Claimed]]] = field(
        default_factory=OrderedDict
    )
    _domains: Counter[str] = field(default_factory=Counter)
    _size: int = 0
    _served: dict[UUID, float] = field(default_factory=dict)
    """How many emails each owner had taken of late; see `fade`."""
    _turns: dict[UUID, int] = field(default_factory=dict)
    _turn: Iterator[int] = field(default_factory=count)

    def __len__(self) -> int:
        return self._size

    @property
    def owners(self) -> frozenset[UUID]:
        """Return the owners that have something in it."""
        return frozenset(self._owners)

    @property
    def ids(self) -> frozenset[int]:
        """Return the deliveries in it."""
        return frozenset(delivery.id for delivery in self._all())

    @property
    def domains(self) -> Counter[str]:
        """Return how many there are to each domain."""
        return self._domains

    def add(self, deliveries: Iterable[Claimed]) -> None:
        """Put deliveries behind those of their lanes."""
        for delivery in deliveries:
            lanes = self._owners.setdefault(delivery.owner_id, OrderedDict())
            lane = lanes.setdefault((delivery.run_id, delivery.domain), deque())
            lane.append(delivery)
            self._domains[delivery.domain] += 1
            self._size += 1

    def take(self, most: int, may_go: Callable[[str], bool]) -> list[Claimed]:
        """Take up to `most` whose domain `may_go` lets through: what it lets through is taken."""
        queue = [self._rank(owner) for owner in self._owners]
        heapify(queue)
        taken: list[Claimed] = []
        while queue and len(taken) < most:
            owner = heappop(queue)[2]
            delivery = self._next_of(owner, may_go)
            if delivery is not None:
                taken.append(delivery)
                self._served[owner] = self._served.get(owner, 0.0) + 1
                self._turns[owner] = next(self._turn)
                if owner in self._owners:
                    heappush(queue, self._rank(owner))
        return taken

    def fade(self, factor: float) -> None:
        """Let what was taken earlier count less."""
        self._served = {
            owner: served * factor
            for owner, served in self._served.items()
            if owner in self._owners or served > _FORGOTTEN
        }
        self._turns = {owner: turn for owner, turn in self._turns.items() if owner in self._served}

    def drain(self, is_meant: Callable[[Claimed], bool] = lambda _: True) -> list[Claimed]:
        """Take out all that are meant, in no order."""
        meant = [delivery for delivery in self._all() if is_meant(delivery)]
        gone = {delivery.id for delivery in meant}
        kept = [delivery for delivery in self._all() if delivery.id not in gone]
        self._owners.clear()
        self._domains.clear()
        self._size = 0
        self.add(kept)
        return meant

    def _rank(self, owner: UUID) -> tuple[float, int, UUID]:
        return self._served.get(owner, 0.0), self._turns.get(owner, -1), owner

    def _next_of(self, owner: UUID, may_go: Callable[[str], bool]) -> Claimed | None:
        lanes = self._owners[owner]
        refused: set[str] = set()
        for _ in range(len(lanes)):
            key, lane = next(iter(lanes.items()))
            lanes.move_to_end(key)
            domain = key[1]
            if domain in refused or not may_go(domain):
                refused.add(domain)
                continue
            return self._pop(owner, key, lane)
        return None

    def _pop(self, owner: UUID, key: Lane, lane: deque[Claimed]) -> Claimed:
        delivery = lane.popleft()
        self._size -= 1
        self._domains[delivery.domain] -= 1
        if not self._domains[delivery.domain]:
            del self._domains[delivery.domain]
        if not lane:
            del self._owners[owner][key]
            if not self._owners[owner]:
                del self._owners[owner]
        return delivery

    def _all(self) -> Iterator[Claimed]:
        for lanes in self._owners.values():
            for lane in lanes.values():
                yield from lane
