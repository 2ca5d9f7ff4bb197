"""The services of the system, as services.toml lists them; the standard library only."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_name("services.toml")
METRICS_ABOVE: Final = 1100
"""How far the port of a program's metrics is from its own, where it names none."""
DOOR: Final = "gateway"
"""The service that people reach, through which they reach the others."""
IDENTITY: Final = "auth"
"""The service whose keys sign tokens."""
PAGES: Final = "web"
"""The service that asks the gateway, as any client does, and makes pages of it."""
_FOLLOWER: Final = "internal_secrets"


@dataclass(frozen=True, slots=True)
class ServiceProgram:
    """A process of a service; one without a port is a worker, which no request reaches."""

    name: str
    port: int | None = None
    arguments: tuple[str, ...] = ()
    metrics: int | None = None
    """Where it shows metrics, if it does."""
    module: str | None = None
    """What `python -m` starts, where that is not the package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredService:
    """An entry of services.toml, which says what each field means."""

    name: str
    package: str
    programs: tuple[ServiceProgram, ...]
    user: int
    database: bool
    secrets: tuple[str, ...]
    documented: bool
    scalable: bool
    preparer: int | None = None
    demo: bool = False
    backup: bool = True
    folder: str | None = None

    @property
    def prefix(self) -> str:
        """What the names of its settings begin with."""
        return f"{self.name.upper()}_"

    @property
    def folder_setting(self) -> str:
        """The setting that says where its folder is."""
        return f"{self.prefix}{self.folder or 'no'}_dir".upper()

    @property
    def title(self) -> str:
        """What people read: `the gateway`, `the auth service`."""
        return self.name if self.name == DOOR else f"{self.name} service"

    @property
    def asks_identity(self) -> bool:
        """Whether it fetches keys and accounts from the service that has them."""
        others = {IDENTITY, DOOR}
        return self.name not in others and _FOLLOWER in self.secrets

    @property
    def port(self) -> int:
        """Where it listens for requests."""
        return next(program.port for program in self.programs if program.port is not None)

    @property
    def workers(self) -> tuple[ServiceProgram, ...]:
        """Its programs that no request reaches."""
        return tuple(program for program in self.programs if program.port is None)

    def command(self, program: ServiceProgram) -> tuple[str, ...]:
        """Return what starts a program of this service, after `python`."""
        return "-m", program.module or self.package, *program.arguments

    @property
    def preparation(self) -> str:
        """What prepares its database, in manifests and among those who have secrets."""
        return f"{self.name}-prepare"

    @property
    def consumers(self) -> tuple[str, ...]:
        """What has its secrets, each in a folder of its own."""
        return (self.name, self.preparation) if self.database else (self.name,)


def services(file: Path = FILE) -> tuple[RegisteredService, ...]:
    """Return every service, in the order of the file."""
    entries = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(_service(name, entry) for name, entry in entries.items())


def with_database(file: Path = FILE) -> tuple[RegisteredService, ...]:
    """Return those with a database of their own."""
    return tuple(service for service in services(file) if service.database)


def backed_up(file: Path = FILE) -> tuple[RegisteredService, ...]:
    """Return those whose databases a backup has."""
    return tuple(service for service in with_database(file) if service.backup)


def documented(file: Path = FILE) -> tuple[RegisteredService, ...]:
    """Return those whose OpenAPI documents the gateway merges."""
    return tuple(service for service in services(file) if service.documented)


def behind_the_door(file: Path = FILE) -> tuple[RegisteredService, ...]:
    """Return those that the gateway passes requests on to."""
    return tuple(service for service in services(file) if service.name != DOOR)


def _service(name: str, entry: dict[str, Any]) -> RegisteredService:
    programs = tuple(_program(**one) for one in entry["programs"])
    others = {key: value for key, value in entry.items() if key not in {"programs", "secrets"}}
    secrets = tuple(entry["secrets"])
    return RegisteredService(name=name, programs=programs, secrets=secrets, **others)


def _program(
    name: str,
    port: int | None = None,
    arguments: Sequence[str] = (),
    metrics: int | None = None,
    module: str | None = None,
) -> ServiceProgram:
    if metrics is None and port is not None:
        metrics = port + METRICS_ABOVE
    return ServiceProgram(name, port, tuple(arguments), metrics, module)
