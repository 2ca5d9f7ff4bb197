"""The base of every process's settings: typed, prefixed, and refused with a sentence when wrong."""

import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings.exceptions import SettingsError
from pydantic_settings.sources import EnvSettingsSource, InitSettingsSource

from shared.database_url import arguments_of
from shared.telemetry.observability import LogFormat
from shared.values.addresses import TrustedProxies

_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)

SettingsT = TypeVar("SettingsT", bound="ServiceSettings")


_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?/?",
    re.ASCII,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_PORT = 65535


def _refuse_bad_origin(value: str) -> str:
    """Return scheme, host and port as a browser writes an origin (RFC 6454 section 6.2)."""
    match = _ORIGIN.fullmatch(value.lower())
    if match is None:
        raise ValueError("must be scheme, host and port, like http://localhost:8000")
    scheme, port = match["scheme"], match["port"]
    if port is None or int(port) == _DEFAULT_PORTS[scheme]:
        return f"{scheme}://{match['host']}"
    if int(port) > _MAX_PORT:
        raise ValueError(f"must name a port of {_MAX_PORT} or less")
    return f"{scheme}://{match['host']}:{int(port)}"


def _refuse_other_databases(value: SecretStr) -> SecretStr:
    arguments_of(value.get_secret_value())
    return value


Origin = Annotated[str, AfterValidator(_refuse_bad_origin)]
"""Scheme, host and port of a web address, without a trailing slash."""

DatabaseUrl = Annotated[SecretStr, AfterValidator(_refuse_other_databases)]
"""`postgres://user:password@host:port/database?sslmode=…`; special characters percent-encoded."""

MIN_SECRET_LENGTH = 32


def _refuse_weak_secrets(values: list[SecretStr]) -> list[SecretStr]:
    if not values or any(len(v.get_secret_value()) < MIN_SECRET_LENGTH for v in values):
        raise ValueError(
            f"must be a JSON list of secrets of {MIN_SECRET_LENGTH} characters or more"
        )
    return values


Secrets = Annotated[list[SecretStr], AfterValidator(_refuse_weak_secrets)]
"""Secrets of which the first is used and all are honoured, so that each can be changed."""

SECRETS_EXAMPLES: list[Any] = [["openssl rand -hex 32", "the one before"]]
"""Too short to be taken as they are."""

METRICS_PORT_DISTANCE = 1100
"""From a port to that of its metrics: 9100 for 8000."""

Port = Annotated[int, Field(ge=0, le=65535)]


class ServiceSettings(BaseSettings):
    """What every process needs to know.

    Read from the environment and, where SECRETS_DIR names a folder, from files in it that are
    named like a setting in lower case. The environment wins.
    """

    model_config = SettingsConfigDict(
        extra="ignore", frozen=True, populate_by_name=True, env_ignore_empty=True
    )

    public_url: Origin = Field(
        default="http://localhost:8000",
        validation_alias="PUBLIC_URL",
        description="Where people reach the gateway: issuer of tokens and root of links.",
    )
    token_audience: str = Field(
        default="vitrina",
        min_length=1,
        validation_alias="TOKEN_AUDIENCE",
        description="The audience that access tokens are made for and must name.",
    )
    require_verified_email: bool = Field(
        default=False,
        validation_alias=AliasChoices("REQUIRE_VERIFIED_EMAIL", "AUTH_REQUIRE_VERIFIED_EMAIL"),
        description="Whether the catalog is closed to those whose email is not verified.",
    )
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = Field(
        default="info",
        validation_alias="LOG_LEVEL",
        description="debug, info, warning or error.",
    )
    log_format: LogFormat | None = Field(
        default=None,
        validation_alias="LOG_FORMAT",
        description="console or json; without it console in a terminal, and json elsewhere.",
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: Port = Field(default=8000, description="The port to listen on; 0 takes a free one.")
    metrics_host: str = Field(
        default="127.0.0.1", description="The address to show metrics on, at /metrics."
    )
    metrics_port: Port | None = Field(
        default=None,
        description="The port of the metrics; 0 for none. By default 1100 above the other port.",
    )
    access_log: bool = Field(
        default=True,
        validation_alias="ACCESS_LOG",
        description="Whether to log one line for each request.",
    )
    trusted_proxies: TrustedProxies = Field(
        default=(),
        validation_alias="TRUSTED_PROXIES",
        description="JSON list of networks whose X-Forwarded-For is believed.",
        examples=[["10.0.0.0/8", "2001:db8::/32"]],
    )
    shutdown_timeout: Annotated[int, Field(ge=1, le=3600)] = Field(
        default=20,
        validation_alias="SHUTDOWN_TIMEOUT",
        description="Seconds that requests in flight may take to finish after SIGTERM.",
    )

    @property
    def metrics_address(self) -> tuple[str, int]:
        """Where to show metrics; port 0 stands for nowhere."""
        port = self.metrics_port
        if port is None:
            port = self.port + METRICS_PORT_DISTANCE if self.port else 0
        return self.metrics_host, port if port <= _MAX_PORT else 0

    @field_validator("*", mode="before")
    @classmethod
    def _read_seconds(cls, value: object, info: ValidationInfo) -> object:
        """Take a number for so many seconds wherever a duration is wanted."""
        field = cls.model_fields[info.field_name or ""]
        if field.annotation is timedelta and isinstance(value, str) and _NUMBER.fullmatch(value):
            return float(value)
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take SECRETS_DIR from the environment of this moment; no .env file is ever read."""
        del dotenv_settings, file_secret_settings
        assert isinstance(init_settings, InitSettingsSource)  # noqa: S101 - narrows the type
        assert isinstance(env_settings, EnvSettingsSource)  # noqa: S101
        folder = os.environ.get("SECRETS_DIR")
        if not folder:
            return init_settings, env_settings
        return init_settings, env_settings, _Files(settings_cls, folder)


class _Files(SecretsSettingsSource):
    """Takes an empty file for none, as an empty variable is taken."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        value, key, is_complex = super().get_field_value(field, field_name)
        return value or None, key, is_complex


def load(settings_class: type[SettingsT]) -> SettingsT:
    """Read the settings, or end the process with one sentence for each mistake."""
    try:
        _look_into_secrets()
        return settings_class()
    except ValidationError as error:
        for mistake in error.errors(include_input=False, include_url=False):
            sys.stderr.write(f"{_explain(settings_class, mistake['loc'], mistake['msg'])}\n")
        raise SystemExit(2) from None
    except (SettingsError, OSError) as error:
        sys.stderr.write(f"{_name_unreadable(settings_class, error)}\n")
        raise SystemExit(2) from None


def _look_into_secrets() -> None:
    """Raise OSError where the folder is not there, or not for this user."""
    if folder := os.environ.get("SECRETS_DIR"):
        next(Path(folder).iterdir(), None)


def _name_unreadable(settings_class: type[ServiceSettings], error: Exception) -> str:
    """Say what could not be read; of a setting only pydantic-settings knows, and only in words."""
    cause = error if isinstance(error, OSError) else error.__cause__
    if isinstance(cause, OSError):
        return (
            f"SECRETS_DIR is not usable: user {os.geteuid()} cannot read {cause.filename} "
            f"({cause.strerror})."
        )
    named = re.search(r'"([a-z_A-Z]+)"', str(error))
    if named is None or named[1] not in settings_class.model_fields:
        return f"The settings cannot be read: {error}."
    alias = settings_class.model_fields[named[1]].validation_alias
    prefix = settings_class.model_config.get("env_prefix", "")
    variable = alias if isinstance(alias, str) else f"{prefix}{named[1]}".upper()
    return f'{variable} is not usable: must be JSON, like ["one", "two"].'


def _explain(settings_class: type[ServiceSettings], loc: tuple[str | int, ...], msg: str) -> str:
    name = str(loc[0]) if loc else "settings"
    prefix = settings_class.model_config.get("env_prefix", "")
    variable = name if name.isupper() else f"{prefix}{name}".upper()
    if msg == "Field required":
        return f"{variable} is not set; .env.sample says what it is for."
    return f"{variable} is not usable: {msg.removeprefix('Value error, ')}."
