"""What the state of sending looks like from outside."""

from enum import StrEnum

from pydantic import Field

from mailing_service.models.deliveries import AttemptOutcome
from shared.values.schemas import Schema, UtcDatetime


class BreakerPosition(StrEnum):
    """Whether a mail server is given emails: open is no, half_open is one to try."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class MailServerRead(Schema):
    """A mail server, as all workers see it."""

    name: str = Field(examples=["smtp.example.com:587"])
    is_spare: bool
    breaker: BreakerPosition
    failures: int = Field(description="In a row.")
    opened_at: UtcDatetime | None = Field(description="Since when the breaker is not closed.")
    open_until: UtcDatetime | None
    last_error: str | None = Field(examples=["535 5.7.8 Authentication failed"])


class Rates(Schema):
    """How fast all workers together may send; 0 is as fast as can be."""

    server_rate: float = Field(description="Emails a second to a mail server.")
    domain_rate: float = Field(description="Emails a second to one recipient domain.")
    domain_connections: int = Field(description="Emails under way to one recipient domain.")
    owner_quota: int = Field(description="Emails of one owner on a day (UTC).")


class SlowDomain(Schema):
    """A recipient domain that said for now no; it gets nothing until then."""

    domain: str
    failures: int
    slow_until: UtcDatetime


class Queue(Schema):
    """Emails of runs that are not over."""

    pending: int
    claimed: int
    sending: int
    oldest_due_at: UtcDatetime | None = Field(
        description="Since when the email has been due that has waited longest, of runs that are"
        " not paused."
    )


class WorkerRead(Schema):
    """A process that sends."""

    started_at: UtcDatetime
    seen_at: UtcDatetime
    is_alive: bool = Field(description="It was seen in the last 30 seconds.")


class LastResponse(Schema):
    """What a mail server said last to an email of a mailing, without addresses."""

    server: str = Field(examples=["smtp.example.com:587"])
    at: UtcDatetime
    outcome: AttemptOutcome
    code: int | None
    response: str = Field(examples=["2.0.0 Ok: queued"])


class Sending(Schema):
    """The mail servers and what waits for them."""

    servers: list[MailServerRead]
    workers: list[WorkerRead] = Field(description="Those seen last, at most 20.")
    last_response: LastResponse | None
    has_sent_emails: bool = Field(
        description="A mail server has taken an email of a mailing, or a test email."
    )
    rates: Rates
    queue: Queue
    slow_domains: list[SlowDomain] = Field(description="Those that wait longest, at most 20.")
    held_at: UtcDatetime | None = Field(
        description="Since when a restore or an operator has stopped all sending."
    )
    has_news_of_accounts: bool = Field(description="Without, nothing is sent.")
