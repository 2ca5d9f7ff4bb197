"""Read a table of events, of which each service has one of its own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from tortoise.models import Model
from tortoise.queryset import QuerySet

from shared.audit_log.schemas import EventFilter
from shared.values.schemas import Schema

EventT = TypeVar("EventT", bound=Model)
ReadT = TypeVar("ReadT", bound=Schema)

_NAME, _ID = "_name", "_id"


def matching(events: QuerySet[EventT], chosen: EventFilter) -> QuerySet[EventT]:
    """Return those of `events` that are asked for."""
    columns = events.model._meta.fields_map
    exact = {name: value for name, value in chosen if name in columns and value is not None}
    events = events.filter(**exact)
    if chosen.since is not None:
        events = events.filter(at__gte=chosen.since)
    if chosen.until is not None:
        events = events.filter(at__lt=chosen.until)
    return events


def ids_in(events: Iterable[Model], *columns: str) -> set[Any]:
    """Return whom, or what, these columns of events name."""
    values = {getattr(event, column) for event in events for column in columns}
    return values - {None}


def as_read(events: Sequence[Model], schema: type[ReadT], names: Mapping[Any, str]) -> list[ReadT]:
    """Return events as they are read.

    A field `…_name` is what `names` has for the id in the column `…_id`, or None.
    """
    ids = {
        field: f"{field.removesuffix(_NAME)}{_ID}"
        for field in schema.model_fields
        if field.endswith(_NAME)
    }
    stored = schema.model_fields.keys() - ids
    return [
        schema(
            **{field: getattr(event, field) for field in stored},
            **{field: names.get(getattr(event, column)) for field, column in ids.items()},
        )
        for event in events
    ]
