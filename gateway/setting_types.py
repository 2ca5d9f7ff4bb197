"""What values of the gateway's settings may be."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, TypeAdapter

from shared.settings import Origin, Secrets


def _refuse_https(value: str) -> str:
    if not value.startswith("http://"):
        raise ValueError("must be an http:// address: the services stand next to the gateway")
    return value


def _refuse_what_no_header_carries(values: list[SecretStr]) -> list[SecretStr]:
    for value in (secret.get_secret_value() for secret in values):
        if not value.isascii() or not value.isprintable() or value != value.strip():
            raise ValueError("must be secrets of printable ASCII, without spaces around them")
    return values


def _refuse_what_is_no_word(values: list[SecretStr]) -> list[SecretStr]:
    """Take none at all, or what is one word of a header field."""
    if not values:
        return values
    secrets = _refuse_what_no_header_carries(
        TypeAdapter[list[SecretStr]](Secrets).validate_python(values)
    )
    if any(" " in secret.get_secret_value() for secret in secrets):
        raise ValueError("must be secrets without spaces")
    return secrets


def _read_addresses(value: str) -> str:
    """Return the addresses, each as an origin is written."""
    addresses = TypeAdapter[list[str]](list[Origin]).validate_python(value.split(","))
    return ",".join(map(_refuse_https, addresses))


ServiceUrls = Annotated[str, AfterValidator(_read_addresses)]
"""Where a service is: `http://host:port`, several separated by commas."""

Duration = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(hours=1))]
"""Seconds, or ISO 8601 as in PT2.5S."""


RateLimit = Annotated[int, Field(ge=0, le=10**9)]

Concurrency = Annotated[int, Field(ge=0, le=10**6)]

InternalSecrets = Annotated[Secrets, AfterValidator(_refuse_what_no_header_carries)]

OnBehalfSecrets = Annotated[list[SecretStr], AfterValidator(_refuse_what_is_no_word)]
"""None, or secrets that are one word of a header field each."""
