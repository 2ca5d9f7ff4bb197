"""The table of docs/operations.md: a row for every fault, failed and not run ones included."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

HEADS = (
    "what happened",
    "for",
    "what clients saw",
    "longest of one kind",
    "all well after its end",
    "acknowledged writes, all found",
)
NOT_RUN = "**not run**"


class FaultTable:
    """What is known of each fault; ``file`` always has all of it, or nobody wants it."""

    def __init__(self, faults: Iterable[str], file: Path | None) -> None:
        self._rows = dict.fromkeys(faults, _only(NOT_RUN))
        self._file = file

    @contextmanager
    def row(self, fault: str) -> Iterator[list[str]]:
        """Take the cells behind the name of a fault, unless the block ends by an exception."""
        cells: list[str] = []
        try:
            yield cells
        except BaseException as error:
            cells[:] = _only(f"**failed**: {_sentence(error)}")
            raise
        finally:
            self._rows[fault] = cells
            self._write()

    def _write(self) -> None:
        if self._file is None:
            return
        rows = [HEADS, *([name, *cells] for name, cells in self._rows.items())]
        heads, *lines = (f"| {' | '.join(cells)} |\n" for cells in rows)
        rule = f"|{'---|' * len(HEADS)}\n"
        self._file.write_text("".join([heads, rule, *lines]))


def _only(seen: str) -> list[str]:
    """The cells of a row that has no figures."""
    return ["", seen, *[""] * (len(HEADS) - 3)]


def _sentence(error: BaseException) -> str:
    """The first line of an error, as the cell of a table."""
    first = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}".replace("|", "/")
