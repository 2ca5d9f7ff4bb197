"""Query parameters that may be left out, documented as what they are."""

from typing import Annotated, Any, TypeVar

from pydantic import Field

ValueT = TypeVar("ValueT")


def _without_null(schema: dict[str, Any]) -> None:
    """A query cannot say null: it says nothing."""
    (value,) = (option for option in schema.pop("anyOf") if option.get("type") != "null")
    schema.update(value)


MaybeGiven = Annotated[ValueT | None, Field(json_schema_extra=_without_null)]
"""A parameter that is None when it is not given; its default must be None."""
