"""The processes of the system: what starts each, and what each is told."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from standalone import misspelt
from standalone.settings import StandaloneSettings

_OPERATORS_ONLY = ("_MIGRATION_DATABASE_URL", "_BOOTSTRAP_DATABASE_URL", "AUTH_ADMIN_")
_FOR_ALL = {"AUTH_REQUIRE_VERIFIED_EMAIL"}  # what the auth service knows and the others act on
_PREFIXES = {"auth": "AUTH_", "catalog": "CATALOG_", "gateway": "GATEWAY_"}


@dataclass(frozen=True, slots=True)
class Program:
    """A command and its whole environment."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]


def one_shots(settings: StandaloneSettings) -> list[Program]:
    """What makes the databases, the tables, the first administrator and the demo products."""
    return [
        Program(
            "auth",
            (sys.executable, "-m", "auth_service.cli", "prepare"),
            {
                **_environment(settings, "auth", operator=True),
                "AUTH_ADMIN_PASSWORD_FILE": os.environ.get("AUTH_ADMIN_PASSWORD_FILE")
                or str(settings.admin_password_file),
            },
        ),
        Program(
            "catalog",
            (sys.executable, "-m", "catalog_service.cli", "prepare", "--demo"),
            _environment(settings, "catalog", operator=True),
        ),
    ]


def forget_first_password(settings: StandaloneSettings) -> Program:
    """What removes the file with the administrator's first password once that is not valid."""
    prepare, _ = one_shots(settings)
    command = (sys.executable, "-m", "auth_service.cli", "forget-first-password")
    return Program(prepare.name, command, prepare.environment)


def services(settings: StandaloneSettings) -> list[Program]:
    """What runs until it is stopped."""
    return [
        Program("auth", (sys.executable, "-m", "auth_service"), _environment(settings, "auth")),
        Program(
            "catalog", (sys.executable, "-m", "catalog_service"), _environment(settings, "catalog")
        ),
        Program("gateway", (sys.executable, "-m", "gateway"), _environment(settings, "gateway")),
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
    foreign = tuple(prefix for other, prefix in _PREFIXES.items() if other != name)
    withheld = {"SECRETS_DIR", "BOOTSTRAP_DATABASE_URL", *misspelt.ignored(os.environ)}
    inherited = {
        key: value
        for key, value in os.environ.items()
        if (not key.startswith(foreign) or key in _FOR_ALL)
        and (operator or not any(part in key for part in _OPERATORS_ONLY))
        and key not in withheld
        and (key != "INTERNAL_SECRETS" or name in {"auth", "gateway"})
    }
    folder = settings.secrets_folder / (f"{name}-prepare" if operator else name)
    secrets = {"SECRETS_DIR": str(folder)} if name in _PREFIXES else {}
    logs = {"LOG_FORMAT": settings.log_format} if settings.log_format else {}
    addresses = _addresses(settings, name)
    return {**_defaults(settings, name), **inherited, **addresses, **logs, **secrets}


def _defaults(settings: StandaloneSettings, name: str) -> dict[str, str]:
    """What the user may say otherwise. A person reads of each request once, from the gateway."""
    quiet = {"ACCESS_LOG": "false"} if settings.log_format == "console" else {}
    if name == "auth":
        return quiet | _mail(settings)
    if name != "gateway":
        return quiet
    pages = [
        f"http://{host}:{port}"
        for port in (settings.auth_port, settings.catalog_port)
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
    auth = f"http://127.0.0.1:{settings.auth_port}"
    catalog = f"http://127.0.0.1:{settings.catalog_port}"
    own = {
        "auth": {"AUTH_PORT": str(settings.auth_port)},
        "catalog": {
            "CATALOG_PORT": str(settings.catalog_port),
            "CATALOG_JWKS_URL": f"{auth}/.well-known/jwks.json",
        },
        "gateway": {
            "GATEWAY_PORT": str(settings.gateway_port),
            "GATEWAY_AUTH_URL": auth,
            "GATEWAY_CATALOG_URL": catalog,
        },
        "mail": {
            "MAIL_SMTP_PORT": str(settings.mail_smtp_port),
            "MAIL_WEB_PORT": str(settings.mail_web_port),
        },
    }
    return {"PUBLIC_URL": settings.issuer, **own[name]}
