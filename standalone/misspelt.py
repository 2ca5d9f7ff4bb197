"""Names in .env and in the environment that are no setting, as `make run` reports them.

The file `.env.sample` has every setting, and the compose files name what only they take.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from shared.settings import ServiceSettings
from shared.unknown_settings import unknown, variables
from standalone import registry
from standalone.settings import ROOT

PREFIXES: Final = (*(service.prefix for service in registry.services()), "VITRINA_")

_OF_TOOLS: Final = (
    "COMPOSE_",
    "DOCKER_",
    "PIP_",
    "BACKUP_",
    "POSTGRES_",
    "PYTHON_",
    "HTTP",
    "NO_PROXY",
)
_SETTING: Final = re.compile(r"^#?([A-Z][A-Z0-9_]*)=", re.M)
_OF_COMPOSE: Final = re.compile(r"\$\{([A-Z][A-Z0-9_]*)")


def known(root: Path = ROOT) -> set[str]:
    """The names of all settings; none where the files that list them are not there."""
    if not (root / ".env.sample").exists():
        return set()
    names = variables(ServiceSettings)  # .env.sample has one name of each
    names |= set(_SETTING.findall((root / ".env.sample").read_text(encoding="utf-8")))
    for file in root.glob("docker-compose*.yml"):
        names |= set(_OF_COMPOSE.findall(file.read_text(encoding="utf-8")))
    return names


def sentences(environment: Mapping[str, str], root: Path = ROOT) -> Iterator[str]:
    """One sentence for each name that is no setting: any in .env, elsewhere those with a prefix."""
    settings = known(root)
    if not settings:
        return
    own = [name for name in dotenv_values(root / ".env") if not name.startswith(_OF_TOOLS)]
    found = dict(unknown(own, settings, prefixes=("",)))
    found |= dict(unknown(environment, settings, prefixes=PREFIXES))
    for name, near in found.items():
        meant = f"; did you mean {near}?" if near else "; .env.sample lists all."
        yield f"{name} is not a setting and is ignored{meant}"


def ignored(environment: Mapping[str, str]) -> set[str]:
    """The names that are passed on to nobody, as they were reported."""
    settings = known()
    return {name for name, _ in unknown(environment, settings, prefixes=PREFIXES) if settings}
