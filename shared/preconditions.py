"""If-Match: change only what one has seen (RFC 9110 section 13.1.1)."""

import re
from typing import Annotated

from fastapi import Depends, Header
from pydantic import Field

_OPAQUE = r'"[!#-~\x80-\xff]*"'
_TAG = rf"(?:W/)?{_OPAQUE}"
_LIST = rf"^(?:\*|{_TAG}(?:[ \t]*,[ \t]*{_TAG})*)$"
_EACH_TAG = re.compile(rf"(W/)?({_OPAQUE})")
_MAX_LENGTH = 1000


def strong_tags(field: str) -> frozenset[str] | None:
    """Return the tags of an If-Match field, quotes and all, or None where it is satisfied by any.

    Weak ones are left out, as they never match here.
    """
    if field == "*":
        return None
    return frozenset(tag for weak, tag in _EACH_TAG.findall(field) if not weak)


def _without_null(schema: dict[str, object]) -> None:
    schema.pop("anyOf", None)
    schema.update(type="string", pattern=_LIST, maxLength=_MAX_LENGTH)


def _if_match(
    if_match: Annotated[
        Annotated[str, Field(pattern=_LIST, max_length=_MAX_LENGTH)] | None,
        Header(
            description="Change it only if its ETag is one of these; else the answer is a 412.",
            json_schema_extra=_without_null,
        ),
    ] = None,
) -> frozenset[str] | None:
    return None if if_match is None else strong_tags(if_match)


IfMatch = Annotated[frozenset[str] | None, Depends(_if_match)]
"""The entity tags one of which must be the present one; None where any is right."""
