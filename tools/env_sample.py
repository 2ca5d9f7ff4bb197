"""Write .env.sample from the settings classes, or with --check tell whether it is as committed."""

import json
import sys
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, get_origin

from pydantic import AliasChoices, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from shared.settings import ServiceSettings
from standalone import registry
from standalone.registry import RegisteredService
from standalone.settings import StandaloneSettings

FILE = Path(__file__).parents[1] / ".env.sample"
WIDTH = 96

HEAD = """\
# Every setting, with its default; first those that nearly everybody sets. Copy what you want to
# change to .env, without the leading #: `make run` and `docker compose up` read it. Durations are
# seconds or ISO 8601 (PT15M), and what is JSON has an example. A service also takes each of its
# settings from a file of that name in lower case in the folder SECRETS_DIR, which is how it gets
# what has no default here: both ways of running make the secrets themselves.
"""
FIRST = {
    "First of all: the shop": ("PUBLIC_URL", "AUTH_ADMIN_EMAIL", "CATALOG_CURRENCY"),
    "First of all: emails, which wait until there is a server": (
        "AUTH_SMTP_HOST",
        "AUTH_SMTP_PORT",
        "AUTH_SMTP_TLS",
        "AUTH_SMTP_USERNAME",
        "AUTH_SMTP_PASSWORD",
        "AUTH_SMTP_FROM",
    ),
    "First of all: mailings, which wait likewise; who sends them stands in every one": (
        "MAILING_SMTP_HOST",
        "MAILING_SMTP_PORT",
        "MAILING_SMTP_TLS",
        "MAILING_SMTP_USERNAME",
        "MAILING_SMTP_PASSWORD",
        "MAILING_FROM",
        "MAILING_POSTAL_ADDRESS",
    ),
    "First of all: who else is trusted": ("TRUSTED_PROXIES", "GATEWAY_CORS_ORIGINS"),
}
"""What nearly everybody sets, in the order in which one comes to it."""


def serving_settings_of(service: RegisteredService) -> type[ServiceSettings]:
    """Return the class of a running service's settings."""
    return _settings_class(service, f"{service.name.capitalize()}Settings")


def settings_of(service: RegisteredService) -> type[ServiceSettings]:
    """Return the class with all settings of a service: those of its preparation, if it has one."""
    if service.database:
        return _settings_class(service, "PreparationSettings")
    return serving_settings_of(service)


def _settings_class(service: RegisteredService, name: str) -> type[ServiceSettings]:
    chosen: type[ServiceSettings] = getattr(import_module(f"{service.package}.settings"), name)
    return chosen


SECTIONS: dict[str, type[BaseSettings]] = {
    "The system on one machine (make run; compose takes the ports too)": StandaloneSettings,
    "Every service": ServiceSettings,
    **{f"The {service.title}": settings_of(service) for service in registry.services()},
}


def _alias(field: FieldInfo) -> str | None:
    """Return the name without a prefix that a field has, the first if it has several."""
    alias = field.validation_alias
    first = alias.choices[0] if isinstance(alias, AliasChoices) else alias
    return first if isinstance(first, str) else None


_COMMON = {
    alias for field in ServiceSettings.model_fields.values() if (alias := _alias(field)) is not None
}
OTHERS = {
    "SECRETS_DIR": "A folder of files that are named like settings in lower case.",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "Where services send spans; needs the extra `telemetry`.",
    "VITRINA_REVISION": "The commit that runs, for the metric vitrina_build_info.",
    "TEST_DATABASE_URL": "A superuser's URL for the tests; without it they start a PostgreSQL.",
}


def settings() -> dict[str, dict[str, FieldInfo]]:
    """Return each section's fields by variable: those of FIRST, then the others.

    What two sections have, the later one shows.
    """
    seen = {
        "HOST",
        "PORT",
        "METRICS_HOST",
        "METRICS_PORT",
    }  # which every service has under its own prefix
    found: dict[str, dict[str, FieldInfo]] = {}
    for title, chosen in reversed(SECTIONS.items()):
        own = {name: field for name, field in _variables(chosen) if name not in seen}
        if chosen is not ServiceSettings:
            own = {name: field for name, field in own.items() if name not in _COMMON}
        found[title] = own
        seen |= own.keys()
    everything = {name: field for fields in found.values() for name, field in fields.items()}
    first = {title: {name: everything.pop(name) for name in FIRST[title]} for title in FIRST}
    return first | {
        title: {name: field for name, field in found[title].items() if name in everything}
        for title in SECTIONS
    }


def sample() -> str:
    """Return the text of .env.sample."""
    blocks = [HEAD]
    for title, fields in settings().items():
        blocks.append(f"\n# ---- {title} ----\n")
        blocks += [
            _entry(name, _describe(field), _default(field), _example(field))
            for name, field in fields.items()
        ]
    blocks.append("\n# ---- Elsewhere ----\n")
    blocks += [_entry(name, description, "") for name, description in OTHERS.items()]
    return "".join(blocks)


def _variables(chosen: type[BaseSettings]) -> Iterator[tuple[str, FieldInfo]]:
    prefix = chosen.model_config.get("env_prefix", "")
    for name, field in chosen.model_fields.items():
        yield _alias(field) or f"{prefix}{name}".upper(), field


def _describe(field: FieldInfo) -> str:
    if field.description is None:
        raise ValueError("every setting says what it is for")
    return field.description


def _default(field: FieldInfo) -> str:
    if field.is_required() or field.default is None:
        return ""
    if isinstance(field.default, timedelta | tuple | bool):
        return TypeAdapter[Any](type(field.default)).dump_json(field.default).decode().strip('"')
    return str(field.default)


def is_json(field: FieldInfo) -> bool:
    """Tell whether a variable's value is JSON."""
    return get_origin(field.annotation) in {list, tuple, dict, set, frozenset}


def _example(field: FieldInfo) -> str:
    if not is_json(field):
        return ""
    if not field.examples:
        raise ValueError("every setting that is JSON has an example")
    return json.dumps(field.examples[0])


def _entry(name: str, description: str, default: str, example: str = "") -> str:
    comment = textwrap.fill(description, WIDTH, initial_indent="# ", subsequent_indent="# ")
    shown = f"# Example: {name}={example}\n" if example else ""
    return f"\n{comment}\n{shown}#{name}={default}\n"


def main(arguments: list[str]) -> int:
    """Write or check; return the exit status."""
    if "--check" not in arguments:
        FILE.write_text(sample())
    elif not FILE.exists() or FILE.read_text() != sample():
        sys.stderr.write(".env.sample: not as the settings say; run make env-sample\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
