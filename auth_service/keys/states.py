"""The life of a signing key."""

from enum import StrEnum


class State(StrEnum):
    """next → current → previous → gone; revoked from any of these, immediately."""

    NEXT = "next"
    CURRENT = "current"
    PREVIOUS = "previous"
    REVOKED = "revoked"
