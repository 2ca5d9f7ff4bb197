"""What every OpenAPI document here says, so that generated clients are right.

Operation ids are short names, an operation that needs no token says so, and an integer says how
many bits it needs: without a format Kotlin and Swift take 32, and a price has more.
"""

from collections.abc import Iterator
from typing import Any

from fastapi.routing import APIRoute

Document = dict[str, Any]

LICENSE = {"name": "MIT", "identifier": "MIT"}

_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_VALUES = {"example", "examples", "default", "const", "enum"}
"""Members of a schema that hold values, which may look like schemas."""


def operation_id(route: APIRoute) -> str:
    """Return the name of the endpoint's function in camel case: `pay_order` is `payOrder`."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)


def finish_document(document: Document) -> None:
    """Add what FastAPI does not say: which operations are open, and how long integers are."""
    for operation in operations(document):
        operation.setdefault("security", [])
    for schema in schemas(document):
        if schema.get("type") == "integer":
            schema.update({name: int(schema[name]) for name in _BOUNDS if name in schema})
            schema.setdefault("format", _integer_format(schema))


def operations(document: Document) -> Iterator[Document]:
    """Return each operation of a document."""
    for path in document.get("paths", {}).values():
        yield from path.values()


def schemas(node: Any) -> Iterator[Document]:
    """Return every object in a document that can be a schema."""
    if isinstance(node, list):
        for item in node:
            yield from schemas(item)
    elif isinstance(node, dict):
        yield node
        for name, member in node.items():
            if name == "properties" and isinstance(member, dict):
                yield from schemas(list(member.values()))
            elif name not in _VALUES:
                yield from schemas(member)


def _integer_format(schema: Document) -> str:
    """Return int32 only where both bounds are stated and fit."""
    lowest, highest = schema.get("minimum", 0), schema.get("maximum")
    return "int32" if highest is not None and -(2**31) <= lowest <= highest < 2**31 else "int64"
