"""Variables that look like a setting and are none, such as a misspelt one, with the nearest name.

They are named and not refused: an environment also has what others put into it.
"""

import logging
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from pydantic import AliasChoices
from pydantic_settings import BaseSettings

_BY_OTHERS: Final = re.compile(r"\w+_(REPLICAS|SERVICE_HOST|SERVICE_PORT\w*|PORT_\d+_\w+)")
"""What compose takes, and what Kubernetes adds for a Service."""

logger = logging.getLogger(__name__)


def nearest(name: str, known: Collection[str]) -> str | None:
    """Return the known name that is most like this one; None where none is like it."""
    return next(iter(get_close_matches(name, known, n=1, cutoff=0.6)), None)


def unknown(
    names: Iterable[str], known: Collection[str], *, prefixes: tuple[str, ...]
) -> Iterator[tuple[str, str | None]]:
    """Yield each name with one of the prefixes that is not known, and the nearest that is."""
    for name in sorted({name.upper() for name in names}):
        if name.startswith(prefixes) and name not in known and not _BY_OTHERS.fullmatch(name):
            yield name, nearest(name, known)


def variables(settings_class: type[BaseSettings]) -> set[str]:
    """Return the names of all variables of a class of settings, and of those that add to it."""
    prefix = settings_class.model_config.get("env_prefix", "")
    found = set()
    for name, field in settings_class.model_fields.items():
        alias = field.validation_alias
        aliases = alias.choices if isinstance(alias, AliasChoices) else [alias]
        found |= {a.upper() for a in aliases if isinstance(a, str)} or {f"{prefix}{name}".upper()}
    return found.union(*map(variables, settings_class.__subclasses__()))


def warn_of_unknown(settings_class: type[BaseSettings], environment: Mapping[str, str]) -> None:
    """Log what in the environment has the prefix of these settings and is none of them."""
    prefix = settings_class.model_config.get("env_prefix", "")
    if not prefix:
        return
    for name, near in unknown(environment, variables(settings_class), prefixes=(prefix,)):
        logger.warning("unknown setting", extra={"setting": name, "nearest": near})
