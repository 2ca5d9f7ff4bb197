"""Who may see a page; the API decides again, with the person's token."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shared.access import roles
from shared.access.tokens import Role
from web_service.errors import NotAllowed, SignInFirst
from web_service.models import BrowserSession


@dataclass(frozen=True, slots=True)
class Access:
    """Whether a session is needed, and one of which roles."""

    signed_in: bool
    roles: frozenset[str] = frozenset()

    def check(self, session: BrowserSession | None) -> None:
        """Raise SignInFirst or NotAllowed."""
        if not self.signed_in:
            return
        if session is None:
            raise SignInFirst
        if not self.is_open_to(session.roles):
            raise NotAllowed

    def is_open_to(self, held: Iterable[str]) -> bool:
        """Whether somebody signed in with these roles may see the page."""
        return not self.roles or not self.roles.isdisjoint(held)


OPEN: Final = Access(signed_in=False)
SIGNED_IN: Final = Access(signed_in=True)
STAFF: Final = Access(signed_in=True, roles=roles.STAFF)
ADMINS: Final = Access(signed_in=True, roles=frozenset({Role.ADMIN}))
BLOG_EDITORS: Final = Access(signed_in=True, roles=roles.BLOG_EDITORS)
