"""The gateway's settings: GATEWAY_… in the environment."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from gateway.access.authenticate import CAPACITY
from gateway.access.logged_address import LoggedAddress
from gateway.route_table import BEHIND_THE_GATEWAY
from gateway.routes.web import WEB
from gateway.setting_types import (
    Concurrency,
    Duration,
    InternalSecrets,
    OnBehalfSecrets,
    RateLimit,
    ServiceUrls,
)
from gateway.upstream.limits import Limits
from shared.settings import SECRETS_EXAMPLES, Origin, Port, ServiceSettings


class GatewaySettings(ServiceSettings):
    """What the gateway needs to know."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    port: Port = Field(default=8000, description="The port to listen on.")
    auth_url: ServiceUrls = Field(
        default="http://127.0.0.1:8001",
        description="Where the auth service is; several addresses are separated by commas.",
    )
    catalog_url: ServiceUrls = Field(
        default="http://127.0.0.1:8002", description="Where the catalog service is; likewise."
    )
    mailing_url: ServiceUrls = Field(
        default="http://127.0.0.1:8003", description="Where the mailing service is; likewise."
    )
    web_url: ServiceUrls | None = Field(
        default=None,
        description="Where the web service is, likewise; without it there are no pages but /docs.",
    )
    on_behalf_secrets: OnBehalfSecrets = Field(
        default=[],
        validation_alias="ON_BEHALF_SECRETS",
        description="JSON list of secrets that gateway and web service share: by the first the"
        " gateway believes for whom a request is made; all are honoured.",
        examples=SECRETS_EXAMPLES,
    )
    docs: bool = Field(
        default=True, description="Whether /docs and /openapi.json show the API to everybody."
    )
    internal_secrets: InternalSecrets = Field(
        validation_alias="INTERNAL_SECRETS",
        description="JSON list: who asks the auth service presents the first, it honours all.",
        examples=SECRETS_EXAMPLES,
    )
    revocations_interval: Annotated[
        timedelta, Field(ge=timedelta(milliseconds=10), le=timedelta(seconds=10))
    ] = Field(
        default=timedelta(seconds=1),
        description="How often revocations are fetched from the auth service.",
    )
    revocations_max_age: Duration = Field(
        default=timedelta(minutes=15),
        description="How long tokens are accepted without news of revocations; then none is.",
    )
    cors_origins: tuple[Origin, ...] = Field(
        default=(),
        description="JSON list of origins whose scripts may read responses; none by default.",
        examples=[["https://www.shop.example", "http://localhost:5173"]],
    )
    log_client_address: LoggedAddress = Field(
        default="full",
        description="How much of a client's address is logged where a token, a request or too many"
        " of them are refused: full, network (the /24 or the /64) or none.",
    )
    hsts_max_age: Annotated[int, Field(ge=0, le=2 * 366 * 24 * 3600)] = Field(
        default=0,
        description="Seconds for which browsers must use https alone (Strict-Transport-Security); "
        "0 says nothing. Needs a PUBLIC_URL with https.",
    )
    connect_timeout: Duration = Field(
        default=timedelta(seconds=2), description="How long a service may take to accept."
    )
    response_timeout: Duration = Field(
        default=timedelta(seconds=30),
        description="How long a service may take from a request's end to the head of its response.",
    )
    idle_timeout: Duration = Field(
        default=timedelta(seconds=30),
        description="How long a service may pause inside a response, or in taking a request.",
    )
    total_timeout: Duration = Field(
        default=timedelta(hours=1),
        description="How long request and response may take together; streams of events end then.",
    )
    head_timeout: Duration = Field(
        default=timedelta(seconds=10),
        description="How long a client may take for the head of a request.",
    )
    client_timeout: Duration = Field(
        default=timedelta(seconds=30),
        description="How long a client may pause in sending a body or in reading a response.",
    )
    max_connections: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=64, description="Connections to each service, and so requests at the same time."
    )
    web_connections: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=512,
        description="Connections to the web service: its pages wait for the others.",
    )
    sign_in_connections: Annotated[int, Field(ge=1, le=10_000)] = Field(
        default=16,
        description="Of these, for sign-ins and other requests that make the auth service hash a "
        "password, so that refreshes and the like do not wait for them; never more than half.",
    )
    sign_in_queue_timeout: Duration = Field(
        default=timedelta(seconds=10),
        description="How long those may wait for one of these connections before they get a 503.",
    )
    queue_size: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=256, description="Requests that may wait for a connection to a service."
    )
    queue_timeout: Duration = Field(
        default=timedelta(seconds=1), description="How long they may wait before they get a 503."
    )
    address_limit: RateLimit = Field(
        default=6000,
        description="Requests a minute from one address, or IPv6 /64; 0 for any number.",
    )
    user_limit: RateLimit = Field(
        default=1200, description="Requests a minute of one person; 0 for any number."
    )
    sign_in_limit: RateLimit = Field(
        default=300,
        description="Sign-ins, registrations, refreshes and the like a minute from one address, "
        "which count against nothing else; 0 for any number.",
    )
    address_concurrency: Concurrency = Field(
        default=256,
        description="Requests of one address, or IPv6 /64, under way at the same time, which may "
        "be an office or a carrier's; 0 for any number.",
    )
    user_concurrency: Concurrency = Field(
        default=32,
        description="Requests of one person under way at the same time; 0 for any number.",
    )
    cache_size: Annotated[int, Field(ge=0, le=2**40)] = Field(
        default=32 * 1024 * 1024,
        description="Bytes of memory for cached responses; 0 keeps none.",
    )

    breaker_failures: Annotated[int, Field(ge=0, le=10_000)] = Field(
        default=10,
        description="Failures in a row that open the circuit breaker of an address; 0: never.",
    )
    breaker_pause: Duration = Field(
        default=timedelta(seconds=1),
        description="How long it is left alone before it is probed.",
    )
    tokens_remembered: Annotated[int, Field(ge=1, le=10_000_000)] = Field(
        default=CAPACITY,
        description="Verified tokens that are remembered; each takes some 2 kB.",
    )

    @field_validator("hsts_max_age")
    @classmethod
    def _refuse_without_https(cls, value: int, info: ValidationInfo) -> int:
        if value and not str(info.data.get("public_url")).startswith("https://"):
            raise ValueError("needs a PUBLIC_URL with https, or browsers would lock people out")
        return value

    @property
    def service_urls(self) -> dict[str, str]:
        """Where each service is that there is: what the setting NAME_url of each says."""
        urls = {service: getattr(self, f"{service}_url") for service in BEHIND_THE_GATEWAY}
        return {service: url for service, url in urls.items() if url is not None}

    @property
    def transport_security(self) -> list[tuple[bytes, bytes]]:
        """The header field that HSTS is, if it is wanted."""
        if not self.hsts_max_age:
            return []
        return [(b"strict-transport-security", b"max-age=%d" % self.hsts_max_age)]

    @property
    def fill_timeout(self) -> float:
        """Seconds in which a service that keeps to its times has sent a short response."""
        times = (self.connect_timeout, self.queue_timeout, self.response_timeout, self.idle_timeout)
        return sum(time.total_seconds() for time in times)

    @property
    def polling_limits(self) -> Limits:
        """The limits of the one connection that fetches revocations, kept between two fetches."""
        kept = max(4.0, 2 * self.revocations_interval.total_seconds())
        return Limits(
            connect_timeout=self.connect_timeout.total_seconds(),
            max_connections=1,
            keep_idle=kept,
            breaker_failures=0,
        )

    def limits_of(self, service: str) -> Limits:
        """Return the limits of the connections to a service."""
        if service == WEB:
            return replace(self.limits, max_connections=self.web_connections)
        return self.limits

    @property
    def limits(self) -> Limits:
        """The limits of the connections to a service of the API."""
        return Limits(
            connect_timeout=self.connect_timeout.total_seconds(),
            response_timeout=self.response_timeout.total_seconds(),
            idle_timeout=self.idle_timeout.total_seconds(),
            write_timeout=self.idle_timeout.total_seconds(),
            total_timeout=self.total_timeout.total_seconds(),
            max_connections=self.max_connections,
            hashing_connections=self.sign_in_connections,
            hashing_queue_timeout=self.sign_in_queue_timeout.total_seconds(),
            queue_size=self.queue_size,
            queue_timeout=self.queue_timeout.total_seconds(),
            breaker_failures=self.breaker_failures,
            breaker_pause=self.breaker_pause.total_seconds(),
        )
