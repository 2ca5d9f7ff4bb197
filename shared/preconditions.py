"""If-Match: change only what one has seen; If-None-Match: read only what one has not.

RFC 9110 sections 13.1.1 and 13.1.2.
"""

import re
from collections.abc import Iterable
from typing import Annotated

from fastapi import Depends, Header, Request
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


def _as_text(schema: dict[str, object]) -> None:
    schema.pop("anyOf", None)
    schema.update(type="string")


async def _if_match(
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


class KnownTags:
    """What If-None-Match says that the client has."""

    def __init__(self, fields: Iterable[str]) -> None:
        self._fields = tuple(fields)

    def __bool__(self) -> bool:
        """Tell whether it says anything."""
        return bool(self._fields)

    def has(self, etag: str) -> bool:
        """Tell whether `etag` is among them; weakly compared, as it is about reading."""
        known = {tag for field in self._fields for _, tag in _EACH_TAG.findall(field)}
        return "*" in self._fields or etag.removeprefix("W/") in known


async def _if_none_match(
    request: Request,
    if_none_match: Annotated[  # noqa: ARG001 - for the document; there may be several
        str | None,
        Header(
            description="The ETag that one has: the answer is a 304 while it is the present one.",
            json_schema_extra=_as_text,
        ),
    ] = None,
) -> KnownTags:
    return KnownTags(request.headers.getlist("if-none-match"))


IfNoneMatch = Annotated[KnownTags, Depends(_if_none_match)]
"""What the client has already."""
