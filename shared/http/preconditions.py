"""If-Match: change only what one has seen; If-None-Match: read only what one has not.

RFC 9110 sections 13.1.1 and 13.1.2.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated

from fastapi import Depends, Header, Request

from shared.errors import FieldProblem, UnprocessableEntity

_OPAQUE = r'"[!#-~\x80-\xff]*"'
_TAG = rf"(?:W/)?{_OPAQUE}"
_LIST = rf"^(?:\*|[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*)$"
_EACH_TAG = re.compile(rf"(W/)?({_OPAQUE})")
_MAX_LENGTH = 1000


def strong_tags(lines: Sequence[str]) -> frozenset[str] | None:
    """Return the tags of an If-Match field, quotes and all, or None where it is satisfied by any.

    Weak ones are left out, as they never match here. Raises UnprocessableEntity for what is no
    list of tags.
    """
    field = ",".join(lines)
    if len(field) > _MAX_LENGTH or re.fullmatch(_LIST, field) is None:
        problem = FieldProblem(
            "if-match", "Must be *, or entity tags in double quotes with commas between them"
        )
        raise UnprocessableEntity([problem])
    if field == "*":
        return None
    return frozenset(tag for weak, tag in _EACH_TAG.findall(field) if not weak)


def _as_list(schema: dict[str, object]) -> None:
    schema.pop("anyOf", None)
    schema.update(type="string", pattern=_LIST, maxLength=_MAX_LENGTH)


def _as_text(schema: dict[str, object]) -> None:
    schema.pop("anyOf", None)
    schema.update(type="string")


async def _if_match(
    request: Request,
    if_match: Annotated[  # noqa: ARG001 - for the document; there may be several lines
        str | None,
        Header(
            description="Change it only if its ETag is one of these; else the answer is a 412.",
            json_schema_extra=_as_list,
        ),
    ] = None,
) -> frozenset[str] | None:
    lines = request.headers.getlist("if-match")
    return strong_tags(lines) if lines else None


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
        return "*" in self._fields or etag.removeprefix("W/") in self.tags()

    def tags(self) -> frozenset[str]:
        """Return the tags that it names, quotes and all, weak ones as if they were strong."""
        return frozenset(tag for field in self._fields for _, tag in _EACH_TAG.findall(field))


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
