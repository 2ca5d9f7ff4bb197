"""The form of a recipient: what the API takes for it, and where its errors belong."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from web_service.errors import ApiRefused, FieldProblem
from web_service.pages.forms import Form
from web_service.pages.listing import number_in

MOST_FIELDS: Final = 10
EMPTY_ROWS: Final = 2
_PREFIX: Final = "custom_fields."
_KEY: Final = ".[key]"
_NAMES: Final = ("email", "full_name", "comment")
_ABOUT: Final = {"recipient_exists": "email"}
_NAME: Final = re.compile("[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A custom field as the form has it: its place, and what was typed."""

    number: int
    name: str
    value: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not self.name and not self.value


def values_of(recipient: Mapping[str, Any]) -> dict[str, object]:
    """Return what the form of a recipient holds at first."""
    values = {name: recipient[name] for name in _NAMES}
    for number, (name, value) in enumerate(recipient["custom_fields"].items(), 1):
        values |= {f"name_{number}": name, f"value_{number}": value}
    return {**values, "lists": recipient["list_ids"]}


def rows_of(form: Form) -> list[FieldRow]:
    """Return the rows that were filled, and some that are empty, as many as there may be.

    With `more` these are more than there were.
    """
    filled = max((row.number for row in _filled(form)), default=0)
    there = [n for n in range(1, MOST_FIELDS + 1) if f"name_{n}" in form.values]
    last = max(there, default=0) if form.is_checked("more") else filled
    return [_row(form, number) for number in range(1, min(last + EMPTY_ROWS, MOST_FIELDS) + 1)]


def body_of(form: Form, *, needs_name: str, twice: str, no_name: str) -> dict[str, object]:
    """Return what the API is sent; what is no name of a field, or another's, is an error.

    The API would say so by a regular expression.
    """
    fields: dict[str, str] = {}
    for row in _filled(form):
        if not row.name:
            form.add_error(f"name_{row.number}", needs_name)
        elif not _NAME.fullmatch(row.name):
            form.add_error(f"name_{row.number}", no_name)
        elif row.name in fields:
            form.add_error(f"name_{row.number}", twice)
        fields[row.name] = row.value
    return {**{name: form.text(name) for name in _NAMES}, "custom_fields": fields}


def list_ids_of(form: Form, name: str = "lists") -> set[int]:
    """Return the lists that are ticked, or were shown."""
    return {number for text in form.all(name) if (number := number_in(text)) is not None}


def refuse(form: Form, refused: ApiRefused) -> None:
    """Say what the API says beside the fields that it is about."""
    rows = {row.name: row.number for row in _filled(form)}
    names = {problem.field: _place(problem, rows) for problem in refused.fields}
    named = {field: name for field, name in names.items() if name}
    form.refuse(refused, names=named, about=_ABOUT)


def _place(problem: FieldProblem, rows: Mapping[str, int]) -> str | None:
    if not problem.field.startswith(_PREFIX):
        return problem.field if problem.field in _NAMES else None
    name = problem.field.removeprefix(_PREFIX)
    column = "name" if name.endswith(_KEY) else "value"
    number = rows.get(name.removesuffix(_KEY))
    return None if number is None else f"{column}_{number}"


def _filled(form: Form) -> Iterator[FieldRow]:
    rows = (_row(form, number) for number in range(1, MOST_FIELDS + 1))
    return (row for row in rows if not row.is_empty)


def _row(form: Form, number: int) -> FieldRow:
    return FieldRow(number, form.text(f"name_{number}"), form.text(f"value_{number}"))
