"""The operations of an OpenAPI document, to be walked through."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_NOBODY = str(uuid.UUID(int=0, version=4))


class Operation(NamedTuple):
    """A method, in capitals, and a path with ids that nothing has."""

    method: str
    path: str


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Return those under /api, what only reads first."""
    found = list(_operations(document))
    return sorted(found, key=lambda operation: operation.method != "GET")


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, operation in methods.items():
            if path.startswith("/api/") and method != "parameters":
                parameters = [*shared, *operation.get("parameters", [])]
                yield Operation(method.upper(), _filled(path, parameters))


def _filled(path: str, parameters: list[Mapping[str, Any]]) -> str:
    for parameter in parameters:
        is_number = parameter["schema"].get("type") == "integer"
        path = path.replace(f"{{{parameter['name']}}}", "2000000000" if is_number else _NOBODY)
    return path


def may_be_shared(fields: Mapping[str, str]) -> bool:
    """Tell whether an answer may be kept for others, or shown again without asking."""
    said = fields.get("cache-control", "").replace(" ", "").split(",")
    return {"private", "no-cache", "no-store"}.isdisjoint(said)
