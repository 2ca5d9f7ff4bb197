"""The Idempotency-Key of a request: at most one header field of visible ASCII."""

import re
from typing import Annotated, Any

from fastapi import Depends, Request

from mailing_service.idempotency.service import LONGEST_KEY
from shared.errors import FieldProblem, UnprocessableEntity
from shared.language.translation import Sentence

_NAME = "Idempotency-Key"
_PATTERN = rf"[!-~]{{1,{LONGEST_KEY}}}"

KEY_PARAMETER: dict[str, Any] = {
    "name": _NAME,
    "in": "header",
    "required": False,
    "description": "Your name for this request, a new UUID, say: sent again within 24 hours, it"
    " gets the same response, and nothing is done twice.",
    "schema": {"type": "string", "pattern": f"^{_PATTERN}$", "maxLength": LONGEST_KEY},
    "example": "8b5b52ea-0a0b-4a4b-9d3a-3a1f0a4c2f11",
}
REPLAYED_HEADER: dict[str, Any] = {
    "Idempotent-Replayed": {
        "description": "`true` where the key was sent before; else this is not sent.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


async def _idempotency_key(request: Request) -> str | None:
    values = request.headers.getlist(_NAME)
    if not values:
        return None
    if len(values) > 1 or re.fullmatch(_PATTERN, values[0]) is None:
        rule = Sentence("Must be one to {most} visible ASCII characters, once", most=LONGEST_KEY)
        raise UnprocessableEntity([FieldProblem(_NAME, rule)])
    return values[0]


IdempotencyKeyHeader = Annotated[str | None, Depends(_idempotency_key)]
"""The key, None where there is none, or a 422 where it cannot be one."""
