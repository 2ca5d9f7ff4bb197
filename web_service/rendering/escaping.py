"""Escaping in compiled templates, without a copy of what needs none.

A page is some four hundred values. Most are numbers, or were made by another macro or filter, and
Jinja2 would make an object of each.
"""

import re
from collections.abc import MutableMapping
from typing import Any, Final, cast

from jinja2 import Environment, Template
from markupsafe import Markup, escape

_ESCAPED: Final = re.compile("[&<>'\"]").search


def escaped(value: object) -> str:
    """Return what a template writes for a value, as `markupsafe.escape` does."""
    kind = type(value)
    if kind is Markup or (kind is str and not _ESCAPED(cast("str", value))):
        return cast("str", value)
    return str(value) if kind is int else escape(value)


class LightTemplate(Template):
    """A template whose code calls `escaped`, where Jinja2 has it call `markupsafe.escape`."""

    @classmethod
    def _from_namespace(
        cls,
        environment: Environment,
        namespace: MutableMapping[str, Any],
        globals: MutableMapping[str, Any],  # noqa: A002 - as Jinja2 calls it
    ) -> Template:
        namespace["escape"] = escaped
        return super()._from_namespace(environment, namespace, globals)
