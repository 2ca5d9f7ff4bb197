"""Find recipients by the beginnings of the words of their names, or of their address.

Words are rows with their owner, ordered by an index, so that a count stops where it is capped and a
search costs what its rarest word does, however many recipients there are. Where all words are
frequent, the newest recipients say whether a walk from them meets enough of those that have all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from pypika_tortoise.terms import Bracket, Function, Term, ValueWrapper
from tortoise.expressions import Expression, ResolveContext, ResolveResult, Subquery
from tortoise.queryset import QuerySet, ValuesQuery

from mailing_service.models.recipients import Recipient, RecipientWord
from shared.cursor_pages import newest_first
from shared.database.counting import MAX_COUNTED, CappedCount, capped_count
from shared.values.words import words

_FEW: Final = 100
"""How far matches of several words are counted of which each has more than MAX_COUNTED."""
_NEWEST: Final = 10_000
"""Recipients that are looked at before all matches are gathered: they take 3 ms."""


class _HasWord(Expression):
    """Whether a recipient has a word with a beginning, by the row itself.

    A function's result has no statistics. Knowing how rare words are, PostgreSQL would sort all
    matches of frequent ones instead of walking to the first of them.
    """

    def __init__(self, beginning: str) -> None:
        self._beginning = beginning

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        table = resolve_context.table
        words_of_row: Term = ValueWrapper("")
        for column in (table.searchable, table.canonical_email):
            words_of_row = Function("textcat", words_of_row, ValueWrapper(" "))
            words_of_row = Function("textcat", words_of_row, column)
        place = Function("strpos", words_of_row, ValueWrapper(f" {self._beginning}"))
        return ResolveResult(term=Bracket(place > ValueWrapper(0)))


class _IsOneOf(Expression):
    """Whether a recipient is one of these, which go to PostgreSQL as one value."""

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = list(ids)

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        one_of = resolve_context.table.id == Function("ANY", ValueWrapper(self._ids))
        return ResolveResult(term=Bracket(one_of))


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for, the rarest first, and what is known of its matches.

    `walks` has PostgreSQL walk from the newest recipient and look at each: where words are frequent
    it meets enough of them sooner than all could be found and sorted.
    """

    owner_id: UUID
    beginnings: tuple[str, ...]
    walks: bool = False
    matches: Sequence[int] | None = None
    known: CappedCount | None = None

    def among(self, rows: QuerySet[Recipient]) -> QuerySet[Recipient]:
        """Return those of `rows` that have a word with each beginning."""
        if self.matches is not None:
            return rows.annotate(is_match=_IsOneOf(self.matches)).filter(is_match=True)
        for number, beginning in enumerate(self.beginnings):
            if self.walks:
                name = f"has_{number}"
                rows = rows.annotate(**{name: _HasWord(beginning)}).filter(**{name: True})
            else:
                rows = rows.filter(id__in=Subquery(_having(self.owner_id, beginning)))
        return rows

    async def count(self, rows: QuerySet[Recipient]) -> CappedCount:
        """Return how many `rows` there are that `among` returned."""
        return self.known or await capped_count(rows, most=MAX_COUNTED)


async def search_for(text: str, *, owner_id: UUID) -> Search:
    """Return the search for the words of `text`, or for an address that it begins."""
    typed = text.lower()
    named = tuple(dict.fromkeys(words(typed)))
    if await _begins_an_address(typed, named, owner_id):
        named = (typed,)
    counts = {each: await capped_count(_words(owner_id, each), most=MAX_COUNTED) for each in named}
    rarest_first = sorted(named, key=lambda each: counts[each].total)
    search = Search(owner_id, tuple(rarest_first))
    if all(count.is_capped for count in counts.values()):
        return await _of_frequent(search)
    return search


async def _of_frequent(search: Search) -> Search:
    """Choose how to find matches of words that are all frequent, but may be rare together."""
    walk = replace(search, walks=True)
    if len(search.beginnings) == 1:
        return replace(walk, known=CappedCount(MAX_COUNTED, is_capped=True))
    few = await capped_count(walk.among(await _newest(search.owner_id)), most=_FEW)
    if few.is_capped:
        return replace(walk, known=few)
    matches = await _matches(search)
    total = CappedCount.of(len(matches), most=MAX_COUNTED)
    return replace(walk, known=total, matches=None if total.is_capped else matches)


async def _newest(owner_id: UUID) -> QuerySet[Recipient]:
    """Return the newest recipients of an owner, in order."""
    within = {"owner_id": owner_id}
    older = await newest_first(Recipient.all(), within).offset(_NEWEST).first().values("id")
    newest = Recipient.filter(id__gt=older["id"]) if older else Recipient.all()
    return newest_first(newest, within)


async def _matches(search: Search) -> list[int]:
    """Return the recipients that have all words, by the words alone, up to MAX_COUNTED and one."""
    first, *others = search.beginnings
    found = _words(search.owner_id, first)
    for beginning in others:
        found = found.filter(recipient_id__in=Subquery(_having(search.owner_id, beginning)))
    some = found.distinct().limit(MAX_COUNTED + 1)
    return [int(row["recipient_id"]) for row in await some.values("recipient_id")]


async def _begins_an_address(typed: str, named: tuple[str, ...], owner_id: UUID) -> bool:
    """Tell whether it is no name, like `anna@`, or begins an address, as `anna-maria` may."""
    if "@" in typed or not named:
        return True
    is_one_piece = named != (typed,) and " " not in typed
    return is_one_piece and await _words(owner_id, typed).exists()


def _words(owner_id: UUID, beginning: str) -> QuerySet[RecipientWord]:
    return RecipientWord.filter(owner_id=owner_id, word__startswith=beginning)


def _having(owner_id: UUID, beginning: str) -> ValuesQuery[Any]:
    return _words(owner_id, beginning).values("recipient_id")
