"""One OpenAPI document for everything behind the gateway, merged from those of the services."""

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.errors import BadPath
from gateway.route import Access, Route
from gateway.route_table import APIS, ROUTES
from shared.access.authentication import SECURITY_SCHEME
from shared.errors import (
    BadGateway,
    GatewayTimeout,
    PasswordChangeRequired,
    PayloadTooLarge,
    ServiceError,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
)
from shared.http.application import TOKEN_PATH
from shared.http.openapi import Document, operations

_SCHEMAS = "#/components/schemas/"


def merge(gateway: Document, *documents: Document) -> Document:
    """Return `gateway` with the operations of the services that the route table shows.

    `documents` are those of the services behind the gateway, in the order of `APIS`.

    A component that the services define differently under one name is renamed after its service,
    and one that no shown operation needs is left out. Every operation says who may use it and how
    the gateway itself may respond. What a service says of itself follows what the gateway says.
    """
    merged = copy.deepcopy(gateway)
    merged.setdefault("paths", {})
    components = merged.setdefault("components", {}).setdefault("schemas", {})
    for service, document in zip(APIS, documents, strict=True):
        _take_in(merged, components, service, copy.deepcopy(document))
    merged["components"]["schemas"] = _needed(merged, components)
    merged["info"]["description"] = _descriptions(merged, *documents)
    merged["components"]["securitySchemes"] = {SECURITY_SCHEME: _security_scheme(*documents)}
    return merged


def _take_in(merged: Document, components: Document, service: str, document: Document) -> None:
    theirs = document.get("components", {}).get("schemas", {})
    renamed = {
        name: f"{service.capitalize()}{name}"
        for name, schema in theirs.items()
        if components.get(name, schema) != schema
    }
    _rename_references(document, renamed)
    for name, schema in theirs.items():
        components[renamed.get(name, name)] = schema
    for path, method, operation in _located(document):
        route = _shown(service, method, path)
        if route is not None:
            merged["paths"].setdefault(path, {})[method] = _finish(operation, route)


def _located(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            yield path, method, operation


def _shown(service: str, method: str, path: str) -> Route | None:
    """Return the route of this operation, whatever the services call the parts of the path."""
    shape = re.sub(r"\{[^}]*\}", "{}", path)
    for route in ROUTES:
        same_shape = re.sub(r"\{[^}]*\}", "{}", route.path) == shape
        if route.service == service and route.method == method.upper() and same_shape:
            return route
    return None


def _finish(operation: Document, route: Route) -> Document:
    errors: list[type[ServiceError]] = [
        TooManyRequests,
        BadGateway,
        ServiceUnavailable,
        GatewayTimeout,
    ]
    if "requestBody" in operation:
        errors.append(PayloadTooLarge)
    if "{" in route.path:
        errors.append(BadPath)
    if route.access is Access.OPEN:
        operation["security"] = []
    else:
        operation["security"] = [{SECURITY_SCHEME: []}]
        errors.append(Unauthorized)
    if route.access is Access.SIGNED_IN:
        errors.append(PasswordChangeRequired)
    responses = operation.setdefault("responses", {})
    for error in errors:
        schema = "UnauthorizedProblem" if error is Unauthorized else "Problem"
        content = {"schema": {"$ref": f"{_SCHEMAS}{schema}"}}
        documented = {"description": error.message, "content": {"application/json": content}}
        responses.setdefault(str(error.status), documented)
    return operation


def _needed(merged: Document, components: Document) -> Document:
    """Return the components that the operations use, and those that these use."""
    needed: set[str] = set()
    pending = [*_references(list(operations(merged)))]
    while pending:
        name = pending.pop()
        if name in components and name not in needed:
            needed.add(name)
            pending += _references(components[name])
    return {name: schema for name, schema in components.items() if name in needed}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _references(item)
    elif isinstance(node, dict):
        if str(node.get("$ref", "")).startswith(_SCHEMAS):
            yield node["$ref"].removeprefix(_SCHEMAS)
        yield from _references(list(node.values()))


def _descriptions(*documents: Document) -> str:
    found = (document.get("info", {}).get("description") for document in documents)
    return "\n\n".join(description for description in found if description)


def _rename_references(node: Any, renamed: Mapping[str, str]) -> None:
    if isinstance(node, list):
        for item in node:
            _rename_references(item, renamed)
    elif isinstance(node, dict):
        prefix, _, name = str(node.get("$ref", "")).rpartition("/")
        if name in renamed:
            node["$ref"] = f"{prefix}/{renamed[name]}"
        for item in node.values():
            _rename_references(item, renamed)


def _security_scheme(*documents: Document) -> Document:
    """Return the services' scheme, whose tokens come from the gateway's own address."""
    for document in documents:
        scheme = document.get("components", {}).get("securitySchemes", {}).get(SECURITY_SCHEME)
        if scheme is not None:
            flows = {"password": {**scheme["flows"]["password"], "tokenUrl": TOKEN_PATH}}
            return {**scheme, "flows": flows}
    return {"type": "oauth2", "flows": {"password": {"tokenUrl": TOKEN_PATH, "scopes": {}}}}
