"""How every audit log is asked for a part of it; what its events are about is each service's."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.http.query_parameters import MaybeGiven
from shared.transfer.formats import FileFormat
from shared.values.instants import Instant
from shared.values.schemas import Schema


class EventFilter(Schema):
    """Which events; what is left out does not matter. Times need an offset or `Z`.

    A further field that has the name of a column is one that an event must have.
    """

    actor_id: MaybeGiven[UUID] = None
    since: Annotated[
        MaybeGiven[Instant], Field(alias="from", description="From this instant on.")
    ] = None
    until: Annotated[MaybeGiven[Instant], Field(alias="to", description="Before this instant.")] = (
        None
    )


class EventExport(Schema):
    """How to write them down."""

    format: FileFormat = FileFormat.JSON_LINES
