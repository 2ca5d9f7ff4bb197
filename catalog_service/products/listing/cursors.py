"""Cursors: where a walk through a list goes on, signed, so that nobody makes one up."""

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from pydantic import SecretStr
from pydantic_core import to_json

from catalog_service.products.listing.views import View

MAX_CURSOR = 4096
"""Characters; the longest name and the longest search need some 3,000."""
_SIGNATURE = 16  # bytes
_PURPOSE = b"catalog cursor 1\0"

Value: TypeAlias = datetime | int | str


class UnusableCursor(Exception):
    """It is not a cursor of ours, or it is not whole."""


@dataclass(frozen=True, slots=True)
class Position:
    """The last product that was seen: what the list is ordered by, and its id."""

    value: Value
    id: int


class Cursors:
    """Writes and reads cursors; the first secret signs, all are honoured."""

    def __init__(self, secrets: Sequence[SecretStr]) -> None:
        self._secrets = [secret.get_secret_value().encode() for secret in secrets]

    def write(self, view: View, position: Position) -> str:
        """Return the cursor that goes on behind `position` in the list that `view` is."""
        shown = view.model_dump(exclude_defaults=True) | {"sort": view.order}
        content = to_json([shown, position.value, position.id])
        return _encode(_sign(self._secrets[0], content) + content)

    def read(self, cursor: str) -> tuple[View, Position]:
        """Return what `write` was given, or raise UnusableCursor."""
        try:
            signed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            raise UnusableCursor from None
        signature, content = signed[:_SIGNATURE], signed[_SIGNATURE:]
        known = [hmac.compare_digest(_sign(s, content), signature) for s in self._secrets]
        if not any(known) or _encode(signed) != cursor:
            raise UnusableCursor
        shown, value, product_id = json.loads(content)
        view = View.model_validate(shown)
        is_time = view.order.column == "created_at"
        return view, Position(datetime.fromisoformat(value) if is_time else value, product_id)


def _sign(secret: bytes, content: bytes) -> bytes:
    return hmac.digest(secret, _PURPOSE + content, "sha256")[:_SIGNATURE]


def _encode(signed: bytes) -> str:
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
