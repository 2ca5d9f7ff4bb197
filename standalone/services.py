"""The processes of the system: what starts each, and what each is told."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from standalone import misspelt, registry
from standalone.registry import DOOR, IDENTITY, RegisteredService
from standalone.settings import StandaloneSettings

_OPERATORS_ONLY = ("_MIGRATION_DATABASE_URL", "_BOOTSTRAP_DATABASE_URL", "AUTH_ADMIN_")
_FOR_ALL = {"AUTH_REQUIRE_VERIFIED_EMAIL"}  # what the auth service knows and the others act on


@dataclass(frozen=True, slots=True)
class Program:
    """A command and its whole environment."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]


def one_shots(settings: StandaloneSettings) -> list[Program]:
    """What makes the databases, the tables, the first administrator and the demo products."""
    return [_preparation(settings, service) for service in registry.with_database()]


def _preparation(settings: StandaloneSettings, service: RegisteredService) -> Program:
    demo = ("--demo",) if service.demo else ()
    command = (sys.executable, "-m", f"{service.package}.cli", "prepare", *demo)
    environment = _environment(settings, service.name, operator=True)
    if service.name == IDENTITY:
        file = os.environ.get("AUTH_ADMIN_PASSWORD_FILE") or str(settings.admin_password_file)
        environment["AUTH_ADMIN_PASSWORD_FILE"] = file
    return Program(service.name, command, environment)


def forget_first_password(settings: StandaloneSettings) -> Program:
    """What removes the file with the administrator's first password once that is not valid."""
    [prepare] = (one for one in one_shots(settings) if one.name == IDENTITY)
    command = (sys.executable, "-m", "auth_service.cli", "forget-first-password")
    return Program(prepare.name, command, prepare.environment)


def services(settings: StandaloneSettings) -> list[Program]:
    """What runs until it is stopped."""
    return [
        *(
            Program(
                program.name,
                (sys.executable, "-m", service.package, *program.arguments),
                _environment(settings, service.name),
            )
            for service in registry.services()
            for program in service.programs
        ),
        Program(
            "mail",
            (sys.executable, "-m", "standalone.mail_catcher"),
            _environment(settings, "mail"),
        ),
    ]


def _environment(
    settings: StandaloneSettings, name: str, *, operator: bool = False
) -> dict[str, str]:
    """Our own environment without what is meant for others, and what this process is told."""
    known = {service.name: service for service in registry.services()}
    foreign = tuple(service.prefix for other, service in known.items() if other != name)
    secret = name in known and "internal_secrets" in known[name].secrets
    withheld = {"SECRETS_DIR", "BOOTSTRAP_DATABASE_URL", *misspelt.ignored(os.environ)}
    inherited = {
        key: value
        for key, value in os.environ.items()
        if (not key.startswith(foreign) or key in _FOR_ALL)
        and (operator or not any(part in key for part in _OPERATORS_ONLY))
        and key not in withheld
        and (key != "INTERNAL_SECRETS" or secret)
    }
    folder = settings.secrets_folder / (f"{name}-prepare" if operator else name)
    secrets = {"SECRETS_DIR": str(folder)} if name in known else {}
    logs = {"LOG_FORMAT": settings.log_format} if settings.log_format else {}
    addresses = _addresses(settings, name)
    return {**_defaults(settings, name), **inherited, **addresses, **logs, **secrets}


def _defaults(settings: StandaloneSettings, name: str) -> dict[str, str]:
    """What the user may say otherwise. A person reads of each request once, from the gateway."""
    quiet = {"ACCESS_LOG": "false"} if settings.log_format == "console" else {}
    if name == IDENTITY:
        return quiet | _mail(settings)
    if name != DOOR:
        return quiet
    pages = [
        f"http://{host}:{settings.ports[service.name]}"
        for service in registry.behind_the_door()
        for host in ("localhost", "127.0.0.1")
    ]
    return {"GATEWAY_CORS_ORIGINS": json.dumps(pages)}


def _mail(settings: StandaloneSettings) -> dict[str, str]:
    """Where letters are caught, and can be read; a mail server of the user's own replaces both."""
    if os.environ.get("AUTH_SMTP_HOST"):
        return {}
    return {
        "AUTH_SMTP_HOST": "127.0.0.1",
        "AUTH_SMTP_PORT": str(settings.mail_smtp_port),
        "AUTH_MAILBOX_URL": f"http://127.0.0.1:{settings.mail_web_port}",
    }


def _addresses(settings: StandaloneSettings, name: str) -> dict[str, str]:
    """Who listens where."""
    own = {
        "MAIL_SMTP_PORT": str(settings.mail_smtp_port),
        "MAIL_WEB_PORT": str(settings.mail_web_port),
    }
    urls = {service.name: settings.url(service.name) for service in registry.behind_the_door()}
    if name in settings.ports:
        own = {f"{name.upper()}_PORT": str(settings.ports[name])}
    if name == DOOR:
        own |= {f"GATEWAY_{other.upper()}_URL": url for other, url in urls.items()}
    elif name in urls and name != IDENTITY:
        own[f"{name.upper()}_JWKS_URL"] = f"{urls[IDENTITY]}/.well-known/jwks.json"
    return {"PUBLIC_URL": settings.issuer, **own}
