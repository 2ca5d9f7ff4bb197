"""An import counts what comes of each line, whatever the lines hold."""

import asyncio
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from shared.errors import FieldProblem
from shared.language.translation import Sentence
from shared.transfer.importing import BATCH, MAX_TOLD, BatchResult, ImportJob, Pace
from shared.transfer.rows import BadLine, GoodLine, Row
from shared.values.schemas import Schema

BAD = BadLine(2, Sentence("is not UTF-8 text; save the file as UTF-8"))


class Line(Schema):
    """A line of these tests."""

    name: str


class Take:
    """Counts all lines as created, but for those that it refuses; notes which it would write."""

    def __init__(self, *refused: BadLine) -> None:
        self.refused = refused
        self.written: list[int] = []

    async def __call__(self, lines: Sequence[GoodLine[Line]], /, *, writes: bool) -> BatchResult:
        if writes:
            self.written += [line.number for line in lines]
        return BatchResult(created=len(lines) - len(self.refused), refused=self.refused)


def lines(count: int, *bad: BadLine) -> Iterator[Row[Line]]:
    """Give `count` lines, each with a name of its own, and the bad ones in their places."""
    at = {row.number: row for row in bad}
    for number in range(1, count + 1):
        yield at.get(number) or GoodLine(number, Line(name=f"n{number}"))


async def job(
    take: Take, rows: Iterator[Row[Line]], **options: Any
) -> tuple[ImportJob[Line], list[int]]:
    done = ImportJob(take, **options)
    progress: list[int] = []
    await done.take_all(rows, progress.append)
    return done, progress


async def test_lines_go_in_batches_and_each_is_counted() -> None:
    take = Take()

    done, progress = await job(take, lines(2 * BATCH + 1))

    assert progress == [BATCH, 2 * BATCH, 2 * BATCH + 1]
    assert len(take.written) == done.outcome["created"] == 2 * BATCH + 1
    assert (done.is_refused, done.has_changes) == (False, True)


async def test_a_job_rests_as_long_as_it_works_but_no_longer_than_it_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rests: list[float] = []

    async def note(seconds: float) -> None:
        rests.append(seconds)

    class Slow(Take):
        async def __call__(
            self, lines: Sequence[GoodLine[Line]], /, *, writes: bool
        ) -> BatchResult:
            time.sleep(0.005)  # noqa: ASYNC251 - as what holds the event loop
            return await super().__call__(lines, writes=writes)

    monkeypatch.setattr(asyncio, "sleep", note)
    _, progress = await job(Slow(), lines(9), pace=Pace(batch=2, rest=2.0, longest=0.025))
    await job(Take(), lines(BATCH + 1))

    assert progress == [2, 4, 6, 8, 9]
    assert rests[0] >= 0.01
    assert sum(rests) == pytest.approx(0.025)
    assert rests[4:] == [0, 0, 0]


@pytest.mark.parametrize(
    ("options", "written"),
    [({}, 0), ({"skip_errors": True}, BATCH), ({"dry_run": True}, 0)],
)
async def test_nothing_is_written_behind_a_bad_line_unless_it_is_skipped(
    options: dict[str, bool], written: int
) -> None:
    take = Take()

    done, _ = await job(take, lines(BATCH + 1, BAD), **options)

    assert len(take.written) == written
    assert done.outcome["created"] == BATCH
    assert done.refused == 1
    assert done.is_refused is not options.get("skip_errors", False)


async def test_a_line_that_refuses_all_is_never_skipped() -> None:
    done, _ = await job(
        Take(), lines(3, BadLine(2, "is mixed", refuses_all=True)), skip_errors=True
    )

    assert done.is_refused


async def test_what_is_found_wrong_in_the_batch_is_reported_too() -> None:
    done, _ = await job(Take(BadLine(3, "is somebody else's")), lines(3))

    assert done.is_refused
    assert done.refused_lines == [FieldProblem("line 3", "is somebody else's")]


async def test_a_hundred_bad_lines_are_reported_and_the_rest_is_counted() -> None:
    bad = [BadLine(number, "is bad") for number in range(1, 301)]

    done, _ = await job(Take(), lines(400, *bad), skip_errors=True, language="ru")

    assert (done.refused, len(done.errors)) == (300, MAX_TOLD)
    assert done.refused_lines[-1] == FieldProblem("lines", "and 200 more bad lines")


async def test_a_report_is_in_the_readers_language() -> None:
    done, _ = await job(Take(), lines(2, BAD), language="ru")

    assert done.errors[0].message.startswith("это не текст UTF-8")


@pytest.mark.soak
async def test_memory_stays_flat_at_a_million_lines() -> None:
    class Forget(Take):
        async def __call__(
            self, lines: Sequence[GoodLine[Line]], /, *, writes: bool
        ) -> BatchResult:
            return BatchResult(created=len(lines))

    tracemalloc.start()
    done, _ = await job(Forget(), lines(1_000_000), unique="name")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert done.outcome["created"] == 1_000_000
    assert peak < 64 * 2**20, f"{peak / 2**20:.0f} MiB"
