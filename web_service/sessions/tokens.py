"""The tokens of a session: sealed at rest, and what an access token says of its person."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

import jwt

from shared import clock
from shared.secret_box import SecretBox

_PURPOSE: Final = "tokens of a browser session"


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token pair as auth gives it."""

    access: str
    refresh: str
    expires_at: datetime

    @classmethod
    def given(cls, pair: Mapping[str, Any]) -> Self:
        """Read what auth has just said to a sign-in or a refresh."""
        expires_at = clock.now() + timedelta(seconds=pair["expires_in"])
        return cls(pair["access_token"], pair["refresh_token"], expires_at)

    def sealed(self, box: SecretBox) -> bytes:
        """Return both as the database keeps them."""
        return box.seal(json.dumps([self.access, self.refresh]).encode(), purpose=_PURPOSE)

    @classmethod
    def opened(cls, sealed: bytes, expires_at: datetime, box: SecretBox) -> Self:
        """Return what was sealed; raises CannotOpen."""
        access, refresh = json.loads(box.open(bytes(sealed), purpose=_PURPOSE))
        return cls(access, refresh, expires_at)

    @property
    def claims(self) -> dict[str, Any]:
        """What the access token says; it came from auth, so nothing is verified."""
        claims: dict[str, Any] = jwt.decode(self.access, options={"verify_signature": False})
        return claims
