"""Pages of lists, the newest row first: by number to jump about, by cursor to walk at any depth.

A cursor names the last row that was seen and the filters that it was seen with, signed, so that
nobody makes one up; a walk meets each row once, whatever is added or removed meanwhile.
"""

import base64
import hmac
import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, SecretStr
from pypika_tortoise.terms import Bracket, Tuple
from tortoise.expressions import Expression, ResolveContext, ResolveResult
from tortoise.models import Model
from tortoise.queryset import QuerySet

from shared.database.counting import CappedCount, capped_count
from shared.errors import FieldProblem, UnprocessableEntity
from shared.http.pagination import PageParams
from shared.http.query_parameters import MaybeGiven
from shared.language.translation import Sentence
from shared.values.schemas import Int32, Schema

MAX_CURSOR = 2048
_SIGNATURE = 16  # bytes

ItemT = TypeVar("ItemT")
RowT = TypeVar("RowT", bound=Model)


class ListQuery(PageParams):
    """Which part of a list is shown; filters are further fields."""

    cursor: Annotated[
        MaybeGiven[Annotated[str, Field(max_length=MAX_CURSOR)]],
        Field(
            description="The `next_cursor` of a page: goes on behind it, at any depth at the same"
            " cost. Filters must be the same."
        ),
    ] = None

    def filters(self) -> dict[str, Any]:
        """Return what a cursor is bound to: all that is asked for but the place in the list."""
        return self.model_dump(mode="json", exclude={"page", "size", "cursor"})


class ListPage(Schema, Generic[ItemT]):
    """A part of a list; where filters leave more than 10,000, `total` stays there."""

    items: list[ItemT]
    total: int = Field(examples=[1], description="How many there are on all pages.")
    total_is_capped: bool = Field(description="There are more than `total`.")
    page: Int32 | None = Field(
        examples=[1], description="The page's number; null where a cursor led here."
    )
    size: Int32 = Field(examples=[20])
    pages: int = Field(examples=[1])
    next_cursor: str | None = Field(description="For `cursor`: what comes behind; null at the end.")


@dataclass(frozen=True, slots=True)
class Cursors:
    """Writes and reads cursors; the first secret signs, all are honoured.

    A cursor of one `purpose` is none for another.
    """

    secrets: Sequence[SecretStr]
    purpose: bytes

    def write(self, query: ListQuery, last: int | Sequence[int]) -> str:
        """Return the cursor that goes on behind the row with this id, or at this position."""
        content = json.dumps([last, query.filters()], sort_keys=True).encode()
        return _encode(self._signatures(content)[0] + content)

    def read(self, query: ListQuery) -> int | None:
        """Return the id behind which the page begins; raises UnprocessableEntity."""
        last: int | None = self.position(query)
        return last

    def position(self, query: ListQuery) -> Any:
        """Return what `write` was given for this cursor, if any; raises UnprocessableEntity."""
        if query.cursor is None:
            return None
        try:
            signed = base64.urlsafe_b64decode(query.cursor + "=" * (-len(query.cursor) % 4))
        except ValueError:
            raise _unusable() from None
        signature, content = signed[:_SIGNATURE], signed[_SIGNATURE:]
        known = [hmac.compare_digest(own, signature) for own in self._signatures(content)]
        if not any(known) or _encode(signed) != query.cursor:
            raise _unusable()
        last, filters = json.loads(content)
        if filters != query.filters():
            raise _unusable()
        return last

    def _signatures(self, content: bytes) -> list[bytes]:
        keys = [secret.get_secret_value().encode() for secret in self.secrets]
        return [hmac.digest(key, self.purpose + content, "sha256")[:_SIGNATURE] for key in keys]


class Compared(Expression):
    """A comparison of rows (SQL's), which is where an index begins, ends, or goes on."""

    def __init__(self, values: Mapping[str, object], comparison: Callable[[Any, Any], Any]) -> None:
        self._values = values
        self._comparison = comparison

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        columns = Tuple(*(resolve_context.table[name] for name in self._values))
        values = Tuple(*self._values.values())
        return ResolveResult(term=Bracket(self._comparison(columns, values)))


async def read_page(
    rows: QuerySet[RowT],
    query: ListQuery,
    cursors: Cursors,
    show: Callable[[list[RowT]], list[ItemT]],
    *,
    within: tuple[str, object] | Mapping[str, object] | None = None,
    count: CappedCount | None = None,
) -> ListPage[ItemT]:
    """Return the page of `rows` that `query` asks for, ordered by their ids, the highest first.

    `within` is a column and its value, or several: all rows that are shown have them, and an index
    on them and the id gives them in order. `count` is how many there are, where that is known
    without counting. Raises UnprocessableEntity for a cursor that is none.
    """
    seen = cursors.read(query)
    columns = dict([within]) if isinstance(within, tuple) else dict(within or {})
    some = newest_first(rows, columns, behind=seen)
    some = some.limit(query.size + 1)
    found = await (some if seen else some.offset(query.offset))
    total = count or await capped_count(rows.filter(**columns))
    has_more = len(found) > query.size
    page = found[: query.size]
    return ListPage(
        items=show(page),
        total=total.total,
        total_is_capped=total.is_capped,
        page=query.page if seen is None else None,
        size=query.size,
        pages=ceil(total.total / query.size),
        next_cursor=cursors.write(query, page[-1].pk) if has_more else None,
    )


def newest_first(
    rows: QuerySet[RowT], within: Mapping[str, object], *, behind: int | None = None
) -> QuerySet[RowT]:
    """Return the rows with these values in order, those behind an id if one is given.

    They are ordered by the columns, too, and the values are said as bounds. Where a column is equal
    to a constant, PostgreSQL takes the order by id alone for the same, and walks the primary key
    over everybody's rows to find those of a few. There is one bound at each end: of two, it would
    begin its walk at one that may be far from the page. Plain bounds, where they do, are estimated
    better than comparisons of rows.
    """
    some = rows.order_by(*(f"-{name}" for name in within), "-id")
    if not within:
        return some if behind is None else some.filter(id__lt=behind)
    if len(within) == 1 and behind is None:
        [(column, value)] = within.items()
        return some.filter(**{f"{column}__gte": value, f"{column}__lte": value})
    below = (
        Compared(within, operator.le)
        if behind is None
        else Compared({**within, "id": behind}, operator.lt)
    )
    above = Compared(within, operator.ge)
    some = some.annotate(is_above=above, is_below=below)
    return some.filter(is_above=True, is_below=True)


def _encode(signed: bytes) -> str:
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def _unusable() -> UnprocessableEntity:
    wrong = Sentence("Must be the next_cursor of a page of this list, with the same filters")
    return UnprocessableEntity([FieldProblem("cursor", wrong)])
