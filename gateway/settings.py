"""The gateway's settings: GATEWAY_… in the environment."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import SettingsConfigDict

from gateway.upstream import Limits
from shared.settings import Origin, Port, ServiceSettings


def _refuse_https(value: str) -> str:
    if not value.startswith("http://"):
        raise ValueError("must be an http:// address: the services stand next to the gateway")
    return value


ServiceUrl = Annotated[Origin, AfterValidator(_refuse_https)]
"""Where a service is: `http://host:port`."""

Duration = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(hours=1))]
"""Seconds, or ISO 8601 as in PT2.5S."""


class GatewaySettings(ServiceSettings):
    """What the gateway needs to know."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    port: Port = Field(default=8000, description="The port to listen on.")
    auth_url: ServiceUrl = Field(
        default="http://127.0.0.1:8001", description="Where the auth service is."
    )
    catalog_url: ServiceUrl = Field(
        default="http://127.0.0.1:8002", description="Where the catalog service is."
    )
    cors_origins: tuple[Origin, ...] = Field(
        default=(),
        description="JSON list of origins whose scripts may read answers; none by default.",
    )
    connect_timeout: Duration = Field(
        default=timedelta(seconds=2), description="How long a service may take to accept."
    )
    response_timeout: Duration = Field(
        default=timedelta(seconds=30),
        description="How long a service may take from a request's end to the head of its answer.",
    )
    idle_timeout: Duration = Field(
        default=timedelta(seconds=30),
        description="How long a service may pause inside an answer, or in taking a request.",
    )
    head_timeout: Duration = Field(
        default=timedelta(seconds=10),
        description="How long a client may take for the head of a request.",
    )
    client_timeout: Duration = Field(
        default=timedelta(seconds=30),
        description="How long a client may pause inside the body of its request.",
    )
    max_connections: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=64, description="Connections to each service, and so requests at the same time."
    )
    queue_size: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=256, description="Requests that may wait for a connection to a service."
    )
    queue_timeout: Duration = Field(
        default=timedelta(seconds=1), description="How long they may wait before they get a 503."
    )

    @property
    def limits(self) -> Limits:
        """The limits of the connections to one service."""
        return Limits(
            connect_timeout=self.connect_timeout.total_seconds(),
            response_timeout=self.response_timeout.total_seconds(),
            idle_timeout=self.idle_timeout.total_seconds(),
            write_timeout=self.idle_timeout.total_seconds(),
            max_connections=self.max_connections,
            queue_size=self.queue_size,
            queue_timeout=self.queue_timeout.total_seconds(),
        )
