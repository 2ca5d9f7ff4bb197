"""What statistics look like from outside."""

from pydantic import Field

from mailing_service.models.deliveries import AttemptOutcome, DeliveryState
from shared.values.schemas import Schema, UtcDatetime

Counts = dict[DeliveryState, int]


class HourRead(Schema):
    """How many attempts ended how in one hour."""

    hour: UtcDatetime = Field(description="When it begins.")
    attempts: dict[AttemptOutcome, int]


class RunRead(Schema):
    """One run of a mailing."""

    id: int
    mailing_id: int
    number: int = Field(description="From one, in the order of the mailing's runs.")
    starts_at: UtcDatetime
    ends_at: UtcDatetime
    started_at: UtcDatetime | None
    finished_at: UtcDatetime | None
    counts: Counts


class Statistics(Schema):
    """Deliveries by state, in all runs."""

    deliveries: int
    counts: Counts
    hours: list[HourRead] = Field(
        description="The last 744 hours in which there were attempts, the first of them first."
    )


class RunStatistics(Statistics):
    """The same, and the last hundred runs, the newest first."""

    runs: list[RunRead]
