"""The lines of one file on their way in, batch by batch, and the report of what came of them."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, Protocol

from shared.errors import FieldProblem
from shared.language.translation import DEFAULT_LANGUAGE, Sentence, translate
from shared.transfer.rows import BadLine, GoodLine, LineT, Row, without_repeated
from shared.transfer.schemas import LineError

BATCH = 1000
"""Lines that go to PostgreSQL together."""
MAX_TOLD = 100
"""Refused lines that are reported one by one; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many lines go to PostgreSQL together, and how long the job rests in between.

    `rest` is how many seconds follow a second of work, until they are `longest` together.
    """

    batch: int = BATCH
    rest: float = 0.0
    longest: float = 0.0


ALONE = Pace()
"""For a process that does nothing else."""
BESIDE_REQUESTS = Pace(batch=25, rest=1.0, longest=120.0)
"""For a process that answers requests meanwhile: each waits for what the event loop does with a
batch. A file of a million lines has no rest for its greater part, as its sender waits, too."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of a batch of good lines: each is counted once, or refused after all."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: Sequence[BadLine] = ()


class TakeBatch(Protocol[LineT]):
    """Finds out what comes of a batch of lines and, if `writes`, does it."""

    async def __call__(
        self, lines: Sequence[GoodLine[LineT]], /, *, writes: bool
    ) -> BatchResult:  # pragma: no cover
        """Return what came of these lines, or would come of them."""
        ...


class ImportJob(Generic[LineT]):
    """Has `take` import the lines of one file, and counts what comes of them.

    It opens no transaction: that is the use case's, which raises where the job `is_refused`.
    """

    def __init__(
        self,
        take: TakeBatch[LineT],
        *,
        dry_run: bool = False,
        skip_errors: bool = False,
        unique: str | None = None,
        language: str = DEFAULT_LANGUAGE,
        pace: Pace = ALONE,
    ) -> None:
        """Report in `language`; refuse a line that repeats the field `unique` of an earlier one.

        Unless errors are skipped, nothing is written after the first: it will be undone.
        """
        self.refused = 0
        self.errors: list[LineError] = []
        self._counts = {"created": 0, "changed": 0, "unchanged": 0}
        self._take = take
        self.skips_errors = skip_errors
        self._dry_run = dry_run
        self._unique, self._language, self._pace = unique, language, pace
        self._refuses_all = False

    @property
    def is_refused(self) -> bool:
        """Whether a line is bad that is not to be skipped, so that nothing may be imported."""
        return self._refuses_all or (self.refused > 0 and not self.skips_errors)

    @property
    def has_changes(self) -> bool:
        """Whether anything was created or changed."""
        return bool(self._counts["created"] or self._counts["changed"])

    @property
    def outcome(self) -> dict[str, Any]:
        """The fields of an ImportReport."""
        return {**self._counts, "refused": self.refused, "errors": self.errors}

    @property
    def refused_lines(self) -> list[FieldProblem]:
        """What an error says of the bad lines."""
        problems = [FieldProblem(f"line {error.line}", error.message) for error in self.errors]
        if (more := self.refused - len(problems)) > 0:
            problems.append(FieldProblem("lines", Sentence("and {more} more bad lines", more=more)))
        return problems

    async def take_all(
        self, rows: Iterator[Row[LineT]], on_progress: Callable[[int], None] = lambda _: None
    ) -> None:
        """Take all rows, which are read beside the event loop, as that has others to serve.

        A batch is read while PostgreSQL is busy with the one before, and the job rests after each,
        as its pace says. `on_progress` hears, batch by batch, how many rows were taken.
        """
        if self._unique is not None:
            rows = without_repeated(rows, self._unique)

        def read() -> list[Row[LineT]]:
            return list(islice(rows, self._pace.batch))

        loop, left, count = asyncio.get_running_loop(), self._pace.longest, 0
        batch = await asyncio.to_thread(read)
        while batch:
            began = loop.time()
            reading = asyncio.create_task(asyncio.to_thread(read))
            try:
                await self._take_batch(batch)
                count += len(batch)
                on_progress(count)
            finally:
                batch = await reading  # else a thread would read on behind who has given up
            rest = min(self._pace.rest * (loop.time() - began), left)
            left -= rest
            await asyncio.sleep(rest)

    async def _take_batch(self, batch: list[Row[LineT]]) -> None:
        good: list[GoodLine[LineT]] = []
        for row in batch:
            if isinstance(row, BadLine):
                self._refuse(row)
            else:
                good.append(row)
        result = await self._take(good, writes=not self._dry_run and not self.is_refused)
        for name in self._counts:
            self._counts[name] += getattr(result, name)
        for bad in result.refused:
            self._refuse(bad)

    def _refuse(self, bad: BadLine) -> None:
        self.refused += 1
        self._refuses_all |= bad.refuses_all
        if len(self.errors) < MAX_TOLD:
            message = translate(bad.reason, self._language)
            self.errors.append(LineError(line=bad.number, message=message))
