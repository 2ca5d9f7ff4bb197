"""The feed as other services read it; members are added, never changed."""

from uuid import UUID

from pydantic import Field

from shared.values.schemas import Schema


class AccountState(Schema):
    """An account as it is now. Of an erased one nothing but the id is said."""

    id: UUID
    is_erased: bool = False
    full_name: str = ""
    email: str | None = None
    is_email_verified: bool = False
    is_active: bool = False
    roles: list[str] = Field(default_factory=list)
    language: str = "en"
    time_zone: str = "UTC"


class FeedPage(Schema):
    """Some accounts that the follower does not know as they are now, and how far it has read then.

    `restarts`: the follower copies all accounts, from this page on; those that it does not get are
    no more. `complete`: there is nothing behind this page at the moment.
    """

    cursor: str
    restarts: bool
    complete: bool
    accounts: list[AccountState]
