"""What no line of a log may show, no matter who wrote it where it does not belong."""

import re
from typing import Final

CUT: Final = "[token]"

_JWT: Final = re.compile(r"eyJ[A-Za-z0-9_-]{8,}(?:(?:\.|%2[eE])[A-Za-z0-9_-]*)*")
_LONG: Final = re.compile(r"(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2}){40,}")


def without_tokens(text: str) -> str:
    """Return a text without what looks like a JWT (RFC 7519): an object in base64url, and more."""
    return _JWT.sub(CUT, text) if "eyJ" in text else text


def without_secrets(path: str) -> str:
    """Return a path without tokens of any kind, percent-encoded or in pieces.

    No path of ours has so long a run of their letters: a UUID has 36.
    """
    return _LONG.sub(CUT, without_tokens(path))
