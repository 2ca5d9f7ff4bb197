"""The addresses of a feature: `ROUTES = (get("/cart", show_cart, SIGNED_IN), …)`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from starlette.responses import Response

from web_service.pages.access import Access
from web_service.pages.page import Page

MakePage = Callable[[Page], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class PageRoute:
    """One method of one address, which may be written with a slash at its end, or without."""

    method: Literal["GET", "POST"]
    path: str
    make: MakePage
    access: Access
    is_upload: bool = False
    """Whether the page reads what it is sent by itself, as it comes, by `page.upload()`."""


def get(path: str, make: MakePage, access: Access) -> PageRoute:
    """Serve a page; HEAD follows GET."""
    return PageRoute("GET", path, make, access)


def post(path: str, make: MakePage, access: Access) -> PageRoute:
    """Do what a form asks for, then lead on by `page.redirect()`, or show the form again (422)."""
    return PageRoute("POST", path, make, access)


def upload(path: str, make: MakePage, access: Access) -> PageRoute:
    """Take a file out of a form; nothing of it is read before `make` asks for it."""
    return PageRoute("POST", path, make, access, is_upload=True)
