"""Which list a request asks for, and where in it: by the page's number or by a cursor."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from catalog_service.products.listing.cursors import MAX_CURSOR, Cursors, Position, UnusableCursor
from catalog_service.products.listing.views import View
from shared.errors import FieldProblem, UnprocessableEntity
from shared.http.pagination import MAX_PAGE, MAX_SIZE
from shared.http.query_parameters import MaybeGiven
from shared.language.translation import Sentence
from shared.values.schemas import Digits


class ListQuery(View):
    """A list as a request asks for it."""

    page: MaybeGiven[Annotated[int, Field(ge=1, le=MAX_PAGE), Digits]] = Field(
        default=None, description="Page 1 where neither this nor a cursor is given."
    )
    size: Annotated[int, Field(ge=1, le=MAX_SIZE), Digits] = 20
    cursor: MaybeGiven[Annotated[str, Field(min_length=1, max_length=MAX_CURSOR)]] = Field(
        default=None,
        description="The `next_cursor` of a page: goes on behind it, at any depth at the same cost."
        " It knows its order and filters, which may be left out.",
    )


@dataclass(frozen=True, slots=True)
class Listing:
    """A part of a list: page number `page`, or the `size` products behind the position `after`."""

    view: View
    size: int
    page: int = 1
    after: Position | None = None

    @property
    def offset(self) -> int:
        """How many products of the list come before this page, where pages are numbered."""
        return (self.page - 1) * self.size


def read_listing(query: ListQuery, cursors: Cursors) -> Listing:
    """Return what `query` asks for; raises UnprocessableEntity for a cursor that does not fit it.

    A cursor knows its filters and its order: they may be left out, or given again as they were.
    """
    if query.cursor is None:
        view = View.model_construct(**{name: getattr(query, name) for name in View.model_fields})
        return Listing(view, query.size, query.page or 1)
    if query.page is not None:
        where = Sentence("A cursor leads to a place of its own: leave out the page")
        raise _refusal("page", where)
    try:
        view, position = cursors.read(query.cursor)
    except UnusableCursor:
        strange = Sentence("Is not a cursor that this list has given")
        raise _refusal("cursor", strange) from None
    for name in query.model_fields_set & View.model_fields.keys():
        if getattr(query, name) != getattr(view, name):
            raise _refusal("cursor", Sentence("Belongs to a list with another {name}", name=name))
    return Listing(view, query.size, after=position)


def _refusal(field: str, message: str) -> UnprocessableEntity:
    return UnprocessableEntity([FieldProblem(field, message)])
