"""What administrators see of the services' health."""

from enum import StrEnum

from pydantic import Field

from shared.values.schemas import Schema


class HealthState(StrEnum):
    """What a service has said of itself; `no_response` where it has said nothing in time."""

    READY = "ready"
    NOT_READY = "not_ready"
    NO_RESPONSE = "no_response"


class ServiceHealth(Schema):
    """One service; of several replicas the one that was asked."""

    name: str = Field(examples=["catalog"])
    state: HealthState
    duration_ms: int = Field(description="How long it took to say so.", examples=[4])


class ServicesHealth(Schema):
    """The gateway, and each service that it knows."""

    services: list[ServiceHealth]
