"""Which rules of pydantic a request to an application can break, by its routes' schemas."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter
from pydantic_core._pydantic_core import list_all_errors

TEMPLATES: Mapping[str, str] = {
    error["type"]: error["message_template_python"] for error in list_all_errors()
}
"""What pydantic says, by the name of the rule."""

_NUMBERS = ("greater_than", "greater_than_equal", "less_than", "less_than_equal", "multiple_of")
_BOUNDS = dict(zip(("gt", "ge", "lt", "le", "multiple_of"), _NUMBERS, strict=True))
_ITEMS = {"min_length": "too_short", "max_length": "too_long"}
_TEXT = {
    "min_length": "string_too_short",
    "max_length": "string_too_long",
    "pattern": "string_pattern_mismatch",
}
_NOTHING: Mapping[str, str] = {}
_RULES: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "any": ((), _NOTHING),
    "bool": (("bool_type", "bool_parsing"), _NOTHING),
    "datetime": (
        (
            "datetime_type",
            "datetime_parsing",
            "datetime_object_invalid",
            "datetime_from_date_parsing",
        ),
        _NOTHING,
    ),
    "default": ((), _NOTHING),
    "dict": (("dict_type",), _ITEMS),
    "enum": (("enum",), _NOTHING),
    "float": (("float_type", "float_parsing", "finite_number"), _BOUNDS),
    "function-after": ((), _NOTHING),
    "function-before": ((), _NOTHING),
    "function-plain": ((), _NOTHING),
    "function-wrap": ((), _NOTHING),
    "int": (("int_type", "int_parsing", "int_parsing_size", "int_from_float"), _BOUNDS),
    "list": (("list_type",), _ITEMS),
    "literal": (("literal_error",), _NOTHING),
    "model": (("model_type", "model_attributes_type"), _NOTHING),
    "model-field": (("missing",), _NOTHING),
    "model-fields": ((), _NOTHING),
    "nullable": ((), _NOTHING),
    "str": (("string_type", "string_unicode"), _TEXT),
    "tuple": (("tuple_type",), _ITEMS),
    "uuid": (("uuid_type", "uuid_parsing", "uuid_version"), _NOTHING),
}
"""By the kind of a schema: the rules that it always has, and those that its members add."""
_NOT_INPUT = frozenset({"serialization", "metadata", "ref"})


def rules(app: FastAPI) -> frozenset[str]:
    """Return the names of the rules; raises KeyError for a kind of schema that is new here."""
    found = {"missing"}
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            for schema in _schemas(context.original_route.dependant):
                found.update(_broken_by(schema))
    return frozenset(found)


def _schemas(dependant: Dependant) -> Iterator[Any]:
    for field in (
        *dependant.path_params,
        *dependant.query_params,
        *dependant.header_params,
        *dependant.body_params,
    ):
        expected: Any = Annotated[field.field_info.annotation, field.field_info]
        yield TypeAdapter(expected).core_schema
    for needed in dependant.dependencies:
        yield from _schemas(needed)


def _broken_by(schema: Any) -> Iterator[str]:
    if isinstance(schema, list | tuple):
        for each in schema:
            yield from _broken_by(each)
    if not isinstance(schema, dict):
        return
    kind = schema.get("type")
    if isinstance(kind, str) and kind not in _STRUCTURE:
        always, by_member = _RULES[kind]
        yield from always
        yield from (rule for member, rule in by_member.items() if member in schema)
        if schema.get("config", {}).get("extra_fields_behavior") == "forbid":
            yield "extra_forbidden"
    for name, member in schema.items():
        if name not in _NOT_INPUT:
            yield from _broken_by(member)


_STRUCTURE = frozenset({"definitions", "definition-ref", "no-info", "with-info"})
