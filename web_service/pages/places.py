"""Where a page stands in the menus: the address of the link that is marked while it is read."""

from typing import Final
from uuid import UUID

_BELOW: Final = {
    "products": "/products",
    "articles": "/articles",
    "product": "/products/manage",
    "drafts": "/drafts",
    "draft": "/drafts",
    "cart": "/cart",
    "checkout": "/cart",
    "orders": "/orders",
    "order": "/orders",
    "sendings": "/sendings",
    "sending": "/sendings",
    "delivery": "/sendings",
    "messages": "/messages",
    "message": "/messages",
    "recipients": "/recipients",
    "recipient": "/recipients",
    "recipient-lists": "/recipient-lists",
    "recipient-list": "/recipient-lists",
    "suppressions": "/suppressions",
    "suppression": "/suppressions",
    "statistics": "/statistics",
}
"""By the first part of a path."""
_OF_STAFF: Final = {
    ("orders", "all"): "/orders/all",
    ("orders", "sums"): "/orders/all",
    ("products", "manage"): "/products/manage",
    ("products", "import"): "/products/manage",
}
"""By the first two parts."""
_OF_MANAGERS: Final = {
    "reject": "/admin/approvals",
    "disable": "/admin/sendings",
}
"""By what a manager does to somebody's mailing."""
_OTHER_ADMIN: Final = {"catalog-audit": "/admin/audit", "mailing-audit": "/admin/audit"}
"""By the part behind `admin`, where that is no link by itself."""
_ID_LENGTH: Final = 36
_CHANGES: Final = frozenset({"update", "password-change"})


def place_of(path: str, reader: UUID | None) -> str:
    """Return the address in a menu to which the page at `path` belongs; nothing for none."""
    first, *rest = path.strip("/").split("/")
    if not rest:
        return _BELOW.get(first, "")
    if first == "users":
        return _of_people(rest, reader)
    if first == "admin":
        return _OTHER_ADMIN.get(rest[0], f"/admin/{rest[0]}")
    if first == "sending":
        return _OF_MANAGERS.get(rest[-1], "/sendings")
    return _OF_STAFF.get((first, rest[0])) or _BELOW.get(first, "")


def _of_people(parts: list[str], reader: UUID | None) -> str:
    """Return it for what follows `/users/`: pages of oneself, of others, or of nobody yet."""
    whose, *rest = parts
    if reader is None:
        return f"/users/{whose}/"
    if whose in _CHANGES:
        return f"/users/update/{reader}/"
    if whose.lower() == str(reader):
        return f"/users/{reader}/sessions/" if rest == ["sessions"] else f"/users/{reader}/"
    return "/admin/users" if len(whose) == _ID_LENGTH else ""
