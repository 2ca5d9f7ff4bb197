"""Who changes the accounts of others."""

from dataclasses import dataclass
from uuid import UUID

from auth_service.caller import Caller


@dataclass(frozen=True, slots=True)
class Actor:
    """A manager or administrator; without an id the operator at the command line."""

    user_id: UUID | None
    session_id: UUID | None
    caller: Caller


OPERATOR = Actor(user_id=None, session_id=None, caller=Caller(user_agent="command line"))
