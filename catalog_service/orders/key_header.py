"""The Idempotency-Key of a request: one header field of visible ASCII."""

import re
from typing import Annotated, Any

from fastapi import Depends, Request

from catalog_service.errors import IdempotencyKeyMissing
from catalog_service.orders.idempotency import LONGEST_KEY
from shared.errors import FieldProblem, UnprocessableEntity
from shared.language.translation import Sentence

_NAME = "Idempotency-Key"
_PATTERN = rf"[!-~]{{1,{LONGEST_KEY}}}"

KEY_PARAMETER: dict[str, Any] = {
    "name": _NAME,
    "in": "header",
    "required": True,
    "description": "Your name for this request: a new UUID, say.",
    "schema": {"type": "string", "pattern": f"^{_PATTERN}$", "maxLength": LONGEST_KEY},
    "example": "8b5b52ea-0a0b-4a4b-9d3a-3a1f0a4c2f11",
}


async def _idempotency_key(request: Request) -> str:
    values = request.headers.getlist(_NAME)
    if not values:
        raise IdempotencyKeyMissing
    if len(values) > 1 or re.fullmatch(_PATTERN, values[0]) is None:
        rule = Sentence("Must be one to {most} visible ASCII characters, once", most=LONGEST_KEY)
        raise UnprocessableEntity([FieldProblem(_NAME, rule)])
    return values[0]


IdempotencyKeyHeader = Annotated[str, Depends(_idempotency_key)]
"""The key, or a 400 where there is none, or a 422 where it cannot be one."""
