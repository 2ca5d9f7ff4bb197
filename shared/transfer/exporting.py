"""Write rows down as an import reads them, batch by batch."""

import csv
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from io import StringIO
from typing import Any

from pydantic import BaseModel

from shared.transfer.formats import FileFormat
from shared.transfer.formulas import guarded

BATCH = 1000
"""Rows that are held in memory at a time."""

_TRUTH = {True: "true", False: "false"}

Rows = Sequence[Mapping[str, Any]]
RowsAfter = Callable[[Any], Awaitable[Rows]]
"""Returns up to BATCH rows, in their order, behind the one with this `id`, or from the first."""


async def export_rows(
    rows_after: RowsAfter,
    schema: type[BaseModel],
    kind: FileFormat,
    *,
    columns: Sequence[str] | None = None,
    key: str = "id",
) -> AsyncIterator[bytes]:
    """Return all rows as a file whose lines are of `schema`, written as they are stored.

    In CSV no text is a formula (`formulas`), and an object is JSON, or nothing where it is empty.

    The first batch is read before this returns: what is wrong by then is an error and not half a
    response. `columns` are those of CSV, if not the fields; `key` is what the rows are in order of.
    """
    if kind is FileFormat.CSV:
        return _csv(rows_after, await rows_after(None), columns or tuple(schema.model_fields), key)
    return _json_lines(rows_after, await rows_after(None), schema, key)


async def _csv(
    rows_after: RowsAfter, rows: Rows, columns: Sequence[str], key: str
) -> AsyncIterator[bytes]:
    yield _written([map(guarded, columns)])
    while rows:
        yield _written([_cell(row.get(column)) for column in columns] for row in rows)
        rows = await rows_after(rows[-1][key])


async def _json_lines(
    rows_after: RowsAfter, rows: Rows, schema: type[BaseModel], key: str
) -> AsyncIterator[bytes]:
    while rows:
        lines = (_line(row, schema) for row in rows)
        yield "".join(f"{line}\n" for line in lines).encode()
        rows = await rows_after(rows[-1][key])


def _line(row: Mapping[str, Any], schema: type[BaseModel]) -> str:
    values = {name: row[name] for name in schema.model_fields}
    return schema.model_construct(**values).model_dump_json(warnings="none")


def _written(rows: Iterable[Iterable[Any]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, Mapping):
        value = json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, str):
        return guarded(value)
    return _TRUTH[value] if isinstance(value, bool) else value
