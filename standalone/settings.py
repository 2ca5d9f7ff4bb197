"""What `make run` takes, in the environment or in .env."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field, ValidationError, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.settings import DatabaseUrl, Origin
from shared.telemetry.observability import LogFormat
from standalone import registry

MAX_PORT: Final = 65535
Port = Annotated[int, Field(ge=1, le=MAX_PORT)]

PORTS: Final = (
    "gateway_port",
    *(f"{service.name}_port" for service in registry.behind_the_door()),
    "mail_smtp_port",
    "mail_web_port",
    "postgres_port",
)
"""The settings that are ports."""

ROOT = Path(__file__).resolve().parents[1]


class _Folder(BaseSettings):
    """Where the system is kept, and its door."""

    vitrina_data: Path = Field(
        default=Path(".vitrina"),
        description="The folder of the database and the secrets, seen from the project's.",
    )
    vitrina_port_offset: Annotated[int, Field(ge=0, le=MAX_PORT)] = Field(
        default=0,
        description="What `make run` adds to each port below, to run beside another system.",
    )
    gateway_port: Port = Field(default=8000, description="The port of the gateway.")


NO_DATABASES: Final[Mapping[str, Any]] = {
    f"{service.name}_{url}": None
    for service in registry.with_database()
    for url in ("database_url", "migration_database_url")
}
"""The settings of the databases of services, as they are without such databases."""


def _registered() -> dict[str, Any]:
    """Return the settings of the services behind the door: their ports, their databases' URLs."""
    fields: dict[str, Any] = {}
    for service in registry.behind_the_door():
        what = f"The port of the {service.title}."
        fields[f"{service.name}_port"] = (Port, Field(default=service.port, description=what))
    return fields | dict.fromkeys(NO_DATABASES, (DatabaseUrl | None, None))


if TYPE_CHECKING:

    class _Registered(_Folder):
        """What type checkers see instead: `ports` and `url` have the rest."""

else:
    _Registered = create_model("_Registered", __base__=_Folder, **_registered())


class StandaloneSettings(_Registered):
    """The ports, the folder and the database of the system on one machine.

    Settings of the services themselves (AUTH_…, CATALOG_…, GATEWAY_…) are passed on to them.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    mail_smtp_port: Port = Field(default=1025, description="Where the mail catcher takes emails.")
    mail_web_port: Port = Field(default=1080, description="Where the mail catcher shows emails.")
    postgres_port: Port | None = Field(
        default=None,
        description="The port of the embedded PostgreSQL; without it 5432, or a free one.",
    )
    log_format: LogFormat | None = None
    public_url: Origin | None = Field(
        default=None, description="Where people reach the gateway; by default on localhost."
    )
    bootstrap_database_url: DatabaseUrl | None = Field(
        default=None,
        description="A superuser's URL of a PostgreSQL to use instead of the embedded one.",
    )

    @property
    def ports(self) -> Mapping[str, int]:
        """The port of each service, by the service's name."""
        return {
            service.name: getattr(self, f"{service.name}_port") for service in registry.services()
        }

    @property
    def worker_ports(self) -> Mapping[str, int]:
        """Where each worker shows its health: as far from its service's port as by default."""
        ports = {
            worker.name: (worker.metrics or 0) - service.port + self.ports[service.name]
            for service in registry.services()
            for worker in service.workers
        }
        return {name: port if port <= MAX_PORT else 0 for name, port in ports.items()}

    def url(self, service: str) -> str:
        """Where a service listens on this machine."""
        return f"http://127.0.0.1:{self.ports[service]}"

    @property
    def data_folder(self) -> Path:
        """The folder of the database, the secrets and the pictures."""
        return ROOT / self.vitrina_data

    @property
    def folders(self) -> dict[str, Path]:
        """Where each folder of files is that a service has: as its setting says, or here."""
        return {
            service.folder: ROOT
            / (os.environ.get(service.folder_setting) or self.data_folder / service.folder)
            for service in registry.services()
            if service.folder
        }

    @property
    def secrets_folder(self) -> Path:
        return self.data_folder / "secrets"

    @property
    def admin_password_file(self) -> Path:
        return self.secrets_folder / "auth-prepare" / "admin_password"

    @property
    def issuer(self) -> str:
        """Where people reach the gateway."""
        return self.public_url or f"http://localhost:{self.gateway_port}"

    @property
    def has_a_database(self) -> bool:
        """Whether a database is named that is used instead of the embedded one."""
        return self.bootstrap_database_url is not None or any(self.database_urls.values())

    @property
    def database_urls(self) -> dict[str, bool]:
        """Whether each URL of a prepared database is given, by the setting's name."""
        return {name.upper(): getattr(self, name) is not None for name in NO_DATABASES}


def load() -> StandaloneSettings:
    """Read the settings, or end the process with one sentence for each mistake.

    The ports are those to listen on, moved by VITRINA_PORT_OFFSET.
    """
    try:
        return _moved(StandaloneSettings())
    except ValidationError as error:
        for mistake in error.errors(include_input=False, include_url=False):
            reason = mistake["msg"].removeprefix("Value error, ")
            sys.stderr.write(f"{str(mistake['loc'][0]).upper()} is not usable: {reason}.\n")
        raise SystemExit(2) from None


def _moved(settings: StandaloneSettings) -> StandaloneSettings:
    offset = settings.vitrina_port_offset
    ports = {name: getattr(settings, name) for name in PORTS}
    moved = {name: port + offset for name, port in ports.items() if port is not None}
    if beyond := [name.upper() for name, port in moved.items() if port > MAX_PORT]:
        sys.stderr.write(
            f"VITRINA_PORT_OFFSET is not usable: {offset} moves {', '.join(beyond)} beyond"
            f" {MAX_PORT}.\n"
        )
        raise SystemExit(2)
    return settings.model_copy(update=moved)
