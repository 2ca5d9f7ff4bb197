"""Which people a list shows, as its address asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from shared.access.tokens import Role
from web_service.pages.listing import address_of, page_in

LIST: Final = "/admin/users/"
SORTS: Final = ("-created_at", "created_at", "full_name", "-full_name", "email", "-email")
STATES: Final = {"active": True, "blocked": False}
EMAILS: Final = {"confirmed": True, "unconfirmed": False}
_SEARCHED: Final = 200


@dataclass(frozen=True, slots=True)
class PeopleListing:
    """A list of people; what makes no sense in the address is as if it were not there."""

    q: str = ""
    role: str = ""
    state: str = ""
    email: str = ""
    sort: str = SORTS[0]
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Read the query of an address."""
        sort = query.get("sort", "")
        return cls(
            q="".join(c for c in query.get("q", "") if c.isprintable()).strip()[:_SEARCHED],
            role=query.get("role", "") if query.get("role") in set(Role) else "",
            state=query.get("state", "") if query.get("state") in STATES else "",
            email=query.get("email", "") if query.get("email") in EMAILS else "",
            sort=sort if sort in SORTS else SORTS[0],
            page=page_in(query.get("page")),
        )

    @property
    def is_filtered(self) -> bool:
        """Whether the list leaves anybody out."""
        return any(self.chosen().values())

    def chosen(self) -> dict[str, str]:
        """Return what the list is filtered by, as the form and the address name it."""
        return {"q": self.q, "role": self.role, "state": self.state, "email": self.email}

    def address(self, **changes: Any) -> str:
        """Return the address of this list with `changes`: of its first page, unless they say."""
        other = replace(self, **{"page": 1, **changes})
        written = {
            **other.chosen(),
            "sort": "" if other.sort == SORTS[0] else other.sort,
            "page": "" if other.page == 1 else other.page,
        }
        return address_of(LIST, written)

    def query(self) -> dict[str, str | int | bool | None]:
        """Return what auth is asked for."""
        return {
            "q": self.q or None,
            "role": self.role or None,
            "is_active": STATES.get(self.state),
            "is_email_verified": EMAILS.get(self.email),
            "sort": self.sort,
            "page": self.page,
        }
