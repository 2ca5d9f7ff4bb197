"""Every page, and the roles that see it: who adds a page adds its address.

`{order}` and its like are ids of what `fill_with_things()` of testing/browser/site.py has made.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, get_args

from testing.browser.site import Role
from web_service.main import FEATURES


class Address(NamedTuple):
    """An address, who looks at it there, and with which status it answers."""

    role: Role
    path: str
    status: int = 200

    def __str__(self) -> str:
        """Name a test."""
        return f"{self.role} {self.path}"


FOR_NOBODY: Final = (
    "/",
    "/terms/",
    "/help/",
    "/articles/",
    "/articles/?q=nothing-has-this-word",
    "/articles/{article}/",
    "/users/login/",
    "/users/login/link/",
    "/users/register/",
    "/users/password-reset/",
    "/users/password-reset/sent",
    "/users/login/link/sent",
)
FOR_USERS: Final = (
    "/",
    "/help/",
    "/products",
    "/products?view=tiles",
    "/products?q=nothing-has-this-name",
    "/products/{product}/",
    "/cart/",
    "/cart/empty/",
    "/orders/",
    "/order/{order}/",
    "/order/{order}/cancel/",
    "/order/{order}/print/",
    "/users/{user}/",
    "/users/update/{user}/",
    "/users/update/{user}/email/",
    "/users/update/{user}/phone/",
    "/users/password-change/",
    "/users/{user}/sessions/",
    "/users/{user}/delete/",
    "/users/logout/",
    "/sendings",
    "/sending/create/",
    "/sending/{sending}/",
    "/sending/{draft}/",
    "/sending/{draft}/update/",
    "/sending/{draft}/delete/",
    "/sending/{sent}/",
    "/sending/{sent}/deliveries",
    "/sending/{sent}/statistics",
    "/delivery/{delivery}/",
    "/statistics",
    "/message/{message}/statistics",
    "/recipients/",
    "/recipients/?q=Вера",
    "/recipients/import/",
    "/recipient/create/",
    "/recipient/{recipient}/",
    "/recipient/{recipient}/update/",
    "/recipient/{recipient}/delete/",
    "/recipient-lists/",
    "/recipient-list/create/",
    "/recipient-list/{list}/",
    "/recipient-list/{list}/update/",
    "/recipient-list/{list}/delete/",
    "/messages/",
    "/message/create/",
    "/message/{message}/",
    "/message/{message}/update/",
    "/message/{message}/delete/",
    "/suppressions/",
)
FOR_MANAGERS: Final = (
    "/",
    "/help/",
    "/products/manage/",
    "/products/manage/?q=nothing-has-this-name",
    "/products/import/",
    "/product/create/",
    "/product/{product}/update/",
    "/orders/all/",
    "/orders/all/?q=nobody-has-this-name",
    "/orders/sums/",
    "/orders/sums/?from=2020-01-01&to=2020-01-02",
    "/order/{order}/",
    "/order/{order}/cancel/",
    "/admin/sendings",
    "/admin/approvals",
    "/admin/mail-server/",
    "/sending/{sending}/",
    "/sending/{sending}/reject/",
    "/sending/{sending}/disable/",
    "/admin/users",
    "/admin/users?q=Анна",
    "/users/{user}/",
    "/users/{user}/block/",
)
FOR_BLOG_MANAGERS: Final = (
    "/",
    "/drafts/",
    "/drafts/?q=nothing-has-this-word",
    "/draft/create/",
    "/draft/{published}/",
    "/draft/{published}/update/",
    "/draft/{published}/cover/",
    "/draft/{unpublished}/",
    "/draft/{unpublished}/update/",
    "/draft/{unpublished}/cover/",
    "/draft/{unpublished}/delete/",
)
FOR_ADMINS: Final = (
    "/",
    "/help/",
    "/drafts/",
    "/admin/users",
    "/users/{manager}/",
    "/users/{manager}/sessions/",
    "/users/{manager}/roles/",
    "/users/{manager}/delete/",
    "/admin/audit",
    "/admin/audit?event=roles_changed&outcome=done",
    "/admin/catalog-audit",
    "/admin/mailing-audit",
    "/admin/first-steps",
    "/admin/mail-server/",
    "/admin/system/",
    "/suppressions/?everyone=true",
)


def addresses() -> Iterator[Address]:
    """Yield each once for each role."""
    yield from (Address("nobody", path) for path in FOR_NOBODY)
    yield Address("nobody", "/there-is-no-such-page", 404)
    yield from (Address("user", path) for path in FOR_USERS)
    yield Address("user", "/admin/approvals", 403)
    yield from (Address("manager", path) for path in FOR_MANAGERS)
    yield Address("manager", "/drafts/", 403)
    yield from (Address("blog_manager", path) for path in FOR_BLOG_MANAGERS)
    yield from (Address("admin", path) for path in FOR_ADMINS)


def as_pattern(path: str) -> str:
    """Return an address without its query, its ids left out, with a slash at the end."""
    return re.sub(r"\{[^}]*\}", "{}", path.partition("?")[0]).rstrip("/") + "/"


def addresses_of_every_role() -> Iterator[Address]:
    """Yield `addresses()`, and each of them for everybody else who may see the same page."""
    known = list(addresses())
    yield from known
    pages = {as_pattern(one.path): one for feature in FEATURES for one in feature.ROUTES}
    of_managers = {*FOR_MANAGERS}
    for path in dict.fromkeys(address.path for address in known if address.status < 400):
        belongs_to_one = not {*re.findall(r"\{(\w+)\}", path)} <= SEEN_BY_ALL
        for role in get_args(Role)[1:]:
            may_see = pages[as_pattern(path)].access.is_open_to({role})
            as_staff = role == "admin" and path in of_managers
            if may_see and (as_staff or not belongs_to_one) and Address(role, path) not in known:
                yield Address(role, path)


SEEN_BY_ALL: Final = {"product", "article", "published", "unpublished"}
"""What belongs to nobody: everybody with the role sees the page of it."""
LEFT_OUT: Final = {
    "/admin/": "leads to the approvals",
    "/cart/add/": "leads to the cart",
    "/cart/{}/": "leads to the cart",
    "/cart/{}/remove/": "leads to the cart",
    "/checkout/": "leads to the cart",
    "/sitemap.xml/": "is a file",
    "/confirm/": "needs the link of an email",
    "/reset/": "needs the link of an email",
    "/sign-in-link/": "needs the link of an email",
    "/suppression/{}/delete/": "needs an email that came back: the journeys see it",
    "/message/{}/preview/": "is shown in a frame of its message",
    "/draft/{}/preview/": "is shown in a frame of its article",
    "/sending/{}/preview/": "is shown in a frame of its mailing",
    "/products/export/": "is a file",
    "/recipients/export/": "is a file",
    "/sending/{}/deliveries/export/": "is a file",
    "/admin/audit/export/": "is a file",
    "/admin/catalog-audit/export/": "is a file",
    "/admin/mailing-audit/export/": "is a file",
    "/users/": "leads to /admin/users",
    "/users/me/": "leads to one's own page",
    "/users/confirm-email/": "is for those who have not confirmed: the journeys see it",
    "/users/registered/": "is seen once, after registering: the journeys see it",
}
"""Pages that nobody walks to, and why."""
