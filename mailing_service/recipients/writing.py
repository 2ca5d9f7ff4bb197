"""Statements that find and write many recipients of an owner, the columns as arrays.

With one statement for a batch PostgreSQL plans it once, and runs the trigger of words once.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pypika_tortoise.dialects import PostgreSQLQuery
from pypika_tortoise.functions import Cast
from pypika_tortoise.queries import QueryBuilder
from pypika_tortoise.terms import Term

from mailing_service.expressions import any_of, returned, typed, unnested
from mailing_service.models.recipients import ListMember, Recipient
from shared.database.statements import Slot, Statement

_WRITTEN = {
    "full_name": "text",
    "searchable": "text",
    "comment": "text",
    "custom_fields": "text",
}
_NEW = {"email": "text", "canonical_email": "text", "email_hash": "uuid", **_WRITTEN}
_CHANGED = {"id": "bigint", **_WRITTEN}
_READ = ("id", "canonical_email", "full_name", "searchable", "comment", "custom_fields")

Columns = Mapping[str, Any]
"""A recipient's columns by name; custom fields are a dict."""


async def find(emails: Sequence[str], *, owner_id: UUID) -> dict[str, dict[str, Any]]:
    """Return those of an owner that have these canonical addresses, by address."""
    rows = await _FIND.fetch(returned, owner_id=owner_id, emails=list(emails))
    return {row["canonical_email"]: _read(row) for row in rows}


async def insert(new: Sequence[Columns], *, owner_id: UUID) -> None:
    """Add recipients; raises IntegrityError where there is an address already."""
    if new:
        await _INSERT.fetch(returned, owner_id=owner_id, **_arrays(new, _NEW))


async def update(changed: Sequence[Columns], *, now: datetime) -> None:
    """Change recipients to these columns, by their ids."""
    if changed:
        await _UPDATE.fetch(returned, now=now, **_arrays(changed, _CHANGED))


async def put_into_list(emails: Sequence[str], *, owner_id: UUID, list_id: int) -> None:
    """Put an owner's recipients with these canonical addresses into a list of theirs."""
    await _MEMBERS.fetch(returned, owner_id=owner_id, emails=list(emails), list_id=list_id)


def _read(row: Columns) -> dict[str, Any]:
    fields = row["custom_fields"]
    return {**row, "custom_fields": json.loads(fields) if isinstance(fields, str) else fields}


def _arrays(rows: Sequence[Columns], names: Mapping[str, str]) -> dict[str, list[Any]]:
    arrays = {name: [row[name] for row in rows] for name in names}
    arrays["custom_fields"] = [json.dumps(fields) for fields in arrays["custom_fields"]]
    return arrays


def _value(source: Any, name: str) -> Term:
    column: Term = getattr(source, name)
    return Cast(column, "jsonb") if name == "custom_fields" else column


def _of_addresses(*columns: str) -> QueryBuilder:
    table = Recipient._meta.basetable
    query = PostgreSQLQuery.from_(table).select(*(table[name] for name in columns))
    query = query.where(table.owner_id == Slot("owner_id"))
    chosen: QueryBuilder = query.where(any_of(table.canonical_email, "emails", "text"))
    return chosen


def _insert() -> QueryBuilder:
    new = unnested("new", **_NEW)
    query: Any = PostgreSQLQuery.into(Recipient._meta.basetable).columns("owner_id", *_NEW)
    values = (typed("owner_id", "uuid"), *(_value(new, name) for name in _NEW))
    inserted: QueryBuilder = query.from_(new).select(*values)
    return inserted


def _update() -> QueryBuilder:
    table = Recipient._meta.basetable
    new = unnested("new", **_CHANGED)
    query: Any = PostgreSQLQuery.update(table).from_(new)
    for name in _WRITTEN:
        query = query.set(name, _value(new, name))
    query = query.set("updated_at", typed("now", "timestamptz"))
    updated: QueryBuilder = query.where(table.id == new.id)
    return updated


def _put_into_list() -> QueryBuilder:
    query: Any = PostgreSQLQuery.into(ListMember._meta.basetable)
    query = query.columns("recipient_id", "list_id")
    chosen = _of_addresses("id").as_("chosen")
    query = query.from_(chosen).select(chosen.id, typed("list_id", "bigint"))
    members: QueryBuilder = query.on_conflict().do_nothing()
    return members


_FIND = Statement(lambda: _of_addresses(*_READ))
_INSERT = Statement(_insert)
_UPDATE = Statement(_update)
_MEMBERS = Statement(_put_into_list)
