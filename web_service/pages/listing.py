"""A list as its address asks for it, and a page of it as its template shows it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlencode

from web_service.errors import ApiRefused
from web_service.gateway_client.api import Api
from web_service.pages.page import Page

MAX_SEARCH: Final = 200
_MAX_ARTICLE_SEARCH: Final = 100
MAX_ID: Final = 2**53 - 1
_LAST_PAGE: Final = 10**6
_NUMBER: Final = re.compile("[1-9][0-9]{0,15}")
_CURSOR: Final = re.compile("[A-Za-z0-9_=-]{1,2048}")
_UNPROCESSABLE: Final = 422


def number_in(text: str | None, *, most: int = MAX_ID) -> int | None:
    """Return the whole number above zero that `text` is, or None."""
    if text is None or not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    return number if number <= most else None


def search_in(text: str | None) -> str:
    """Return what is looked for, as the API may be asked for it."""
    return " ".join((text or "").replace("\0", " ").split())[:MAX_SEARCH]


def words_in(text: str | None) -> str:
    """Return what articles are searched for, if there is a word in it."""
    typed = search_in(text)[:_MAX_ARTICLE_SEARCH]
    return typed if any(character.isalnum() for character in typed) else ""


def page_in(text: str | None) -> int:
    """Return the page of a list that `text` asks for: the first, where it makes no sense."""
    return number_in(text, most=_LAST_PAGE) or 1


def address_of(path: str, values: Mapping[str, object]) -> str:
    """Return `path` with those of `values` that say anything as its query."""
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{path}?{query}" if query else path


@dataclass(frozen=True, slots=True)
class Listing:
    """Which page of a list, and what it is filtered by; what makes no sense is left out."""

    path: str
    page: int = 1
    cursor: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] | None = None
    """The filters as the API names them, if not as the address does."""

    @classmethod
    def read(
        cls,
        page: Page,
        path: str,
        filters: Mapping[str, str | int | None],
        *,
        asked: Mapping[str, str] | None = None,
    ) -> Self:
        """Read the place from the address of `page`; `filters` have been read from it already."""
        query = page.request.query_params
        cursor = query.get("cursor", "")
        return cls(
            path,
            page_in(query.get("page")),
            cursor if _CURSOR.fullmatch(cursor) else "",
            {name: str(value) for name, value in filters.items() if value},
            asked,
        )

    def address(self, page: int = 1, cursor: str = "") -> str:
        """Return the address of another page of this list."""
        place = {"cursor": cursor} if cursor else {"page": str(page)} if page > 1 else {}
        return address_of(self.path, {**self.filters, **place})

    async def read_from(self, page: Page, api_path: str, **fixed: str) -> "ListPage":
        """Ask the API for it; a cursor that is none any more is the first page.

        `fixed` are parameters that no address changes.
        """
        return await self.read_by(page.api, api_path, **fixed)

    async def read_by(self, api: Api, api_path: str, **fixed: str) -> "ListPage":
        """Do the same by another API than that of a page."""
        asked = {**(self.filters if self.asked is None else self.asked), **fixed}
        place = {"cursor": self.cursor} if self.cursor else {"page": self.page}
        try:
            response = await api.get(api_path, {**asked, **place})
        except ApiRefused as refused:
            if refused.status != _UNPROCESSABLE or not self.cursor:
                raise
            response = await api.get(api_path, asked)
        return ListPage(self, response.data)


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list; `data` is what the API says."""

    listing: Listing
    data: Mapping[str, Any]

    @property
    def items(self) -> list[Any]:
        """What stands on this page."""
        items: list[Any] = self.data["items"]
        return items

    @property
    def total(self) -> int:
        """How many there are on all pages, or more, where `is_capped`."""
        return int(self.data["total"])

    @property
    def is_capped(self) -> bool:
        """Whether there are more than `total`."""
        return bool(self.data.get("total_is_capped"))

    @property
    def last(self) -> int:
        """The last page that has a number."""
        return max(int(self.data["pages"]), 1)

    @property
    def current(self) -> int:
        """The number of this page; behind the last, where it was reached by cursor."""
        return int(self.data["page"] or self.last + 1)

    @property
    def next(self) -> str | None:
        """The address of what comes behind the last page that has a number."""
        cursor = self.data.get("next_cursor")
        is_behind = self.current >= self.last
        return self.listing.address(cursor=cursor) if cursor and is_behind else None

    @property
    def beyond(self) -> str | None:
        """The address of the last page, where this one comes after it."""
        is_beyond = not self.items and self.total and self.data["page"]
        return self.listing.address(self.last) if is_beyond else None

    def link(self, number: int) -> str:
        """Return the address of a page by its number."""
        return self.listing.address(number)
