"""The processes of the system: what starts each, and what each is given."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from standalone import misspelt, registry
from standalone.registry import DOOR, IDENTITY, PAGES, RegisteredService
from standalone.settings import StandaloneSettings

_OPERATORS_ONLY = ("_MIGRATION_DATABASE_URL", "_BOOTSTRAP_DATABASE_URL", "AUTH_ADMIN_")
_SENDERS = (IDENTITY, "mailing")
# What one service knows and others act on.
_FOR_ALL = {"AUTH_REQUIRE_VERIFIED_EMAIL", "CATALOG_CURRENCY"}


@dataclass(frozen=True, slots=True)
class Program:
    """A command and its whole environment; others may ask it until they end."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    is_asked: bool = False


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
                (sys.executable, *service.command(program)),
                _environment(settings, service.name),
                is_asked=service.name == IDENTITY,
            )
            for service in registry.services()
            for program in service.programs
        ),
        Program(
            "mail",
            (sys.executable, "-m", "standalone.mail_catcher"),
            _environment(settings, "mail"),
            is_asked=True,
        ),
    ]


def _environment(
    settings: StandaloneSettings, name: str, *, operator: bool = False
) -> dict[str, str]:
    """Our own environment without what is meant for others, and what this process is given."""
    known = {service.name: service for service in registry.services()}
    foreign = tuple(service.prefix for other, service in known.items() if other != name)
    secrets_of_all = {secret.upper() for one in known.values() for secret in one.secrets}
    own = {secret.upper() for secret in known[name].secrets} if name in known else set()
    withheld = {"SECRETS_DIR", "BOOTSTRAP_DATABASE_URL", *misspelt.ignored(os.environ)}
    withheld |= secrets_of_all - own
    inherited = {
        key: value
        for key, value in os.environ.items()
        if (not key.startswith(foreign) or key in _FOR_ALL)
        and (operator or not any(part in key for part in _OPERATORS_ONLY))
        and key not in withheld
    }
    folder = settings.secrets_folder / (f"{name}-prepare" if operator else name)
    secrets = {"SECRETS_DIR": str(folder)} if name in known else {}
    logs = {"LOG_FORMAT": settings.log_format} if settings.log_format else {}
    addresses = _addresses(settings, name)
    return {**_defaults(settings, name), **inherited, **addresses, **logs, **secrets}


def _defaults(settings: StandaloneSettings, name: str) -> dict[str, str]:
    """What the user may say otherwise. A person reads of each request once, from the gateway."""
    quiet = {"ACCESS_LOG": "false"} if settings.log_format == "console" else {}
    quiet |= {
        service.folder_setting: str(settings.folders[service.folder])
        for service in registry.services()
        if service.name == name and service.folder
    }
    if name in _SENDERS:
        return quiet | _mail(settings, name)
    if name != DOOR:
        return quiet
    pages = [
        f"http://{host}:{settings.ports[service.name]}"
        for service in registry.documented()
        for host in ("localhost", "127.0.0.1")
    ]
    return {"GATEWAY_CORS_ORIGINS": json.dumps(pages)}


def _mail(settings: StandaloneSettings, name: str) -> dict[str, str]:
    """Where emails are caught, and can be read; a mail server of the user's own replaces both."""
    prefix = name.upper()
    if os.environ.get(f"{prefix}_SMTP_HOST"):
        return {}
    catcher = {
        f"{prefix}_SMTP_HOST": "127.0.0.1",
        f"{prefix}_SMTP_PORT": str(settings.mail_smtp_port),
    }
    if name == IDENTITY:
        catcher["AUTH_MAILBOX_URL"] = f"http://127.0.0.1:{settings.mail_web_port}"
    return catcher


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
    elif name == PAGES:
        own["WEB_GATEWAY_URL"] = settings.url(DOOR)
    elif name in {one.name for one in registry.services() if one.asks_identity}:
        own[f"{name.upper()}_JWKS_URL"] = f"{urls[IDENTITY]}/.well-known/jwks.json"
        own[f"{name.upper()}_ACCOUNTS_URL"] = f"{urls[IDENTITY]}/internal/accounts"
    if name == "mailing":
        own["MAILING_WORKER_METRICS_PORT"] = str(settings.worker_ports["mailing-worker"])
    return {"PUBLIC_URL": settings.issuer, **own}
