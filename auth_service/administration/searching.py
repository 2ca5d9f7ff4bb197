"""Find people by a part of a name, an email or a phone, however many there are.

PostgreSQL finds rows by the parts of up to three characters that a text consists of, which an index
has (`parts_of_user`, a function of the migrations), and looks at each of these for the whole text.
"""

from typing import Any, Final

from pypika_tortoise.terms import Bracket, Function, ValueWrapper
from tortoise.contrib.postgres.array_functions import postgres_array_contains
from tortoise.expressions import Expression, Q, ResolveContext, ResolveResult
from tortoise.queryset import QuerySet

from auth_service.fields.identifiers import canonical_login
from auth_service.models import User
from shared.values.words import words

_COLUMNS: Final = ("full_name", "searchable_name", "email", "phone")


class _HasPartsOf(Expression):
    """Whether an account has all parts of a text somewhere, as it must to mention the text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        columns = [resolve_context.table[name] for name in _COLUMNS]
        there = Function("parts_of_user", *columns)
        wanted = Function("parts_to_find", ValueWrapper(self._text))
        return ResolveResult(term=Bracket(postgres_array_contains(there, wanted)))


class _Mentions(Expression):
    """Whether an account mentions a text, of which PostgreSQL knows not how often that is so."""

    def __init__(self, text: str) -> None:
        self._text = text

    def resolve(self, resolve_context: ResolveContext) -> ResolveResult:
        criterion = _mentions(self._text).resolve(resolve_context).where_criterion
        return ResolveResult(
            term=Function("COALESCE", Bracket(criterion), ValueWrapper(value=False))
        )


def named_exactly(text: str) -> Q | None:
    """Match what is an email or a phone in any spelling; None where `text` is neither."""
    login = canonical_login(text)
    return None if login is None else Q(**{login[0]: login[1]})


def found_by_parts(users: QuerySet[User], text: str) -> QuerySet[User]:
    """Return those of `users` that mention `text`, for PostgreSQL to find by the index of parts.

    Each word of a name is found wherever it stands, folded as names are. Where folding leaves the
    words as they were typed, one look at the index finds both.
    """
    named = words(text)
    if not named:
        return users.annotate(near=_HasPartsOf(text)).filter(_mentions_text(text), near=True)
    has_words: dict[str, Any] = {
        f"has_{number}": _HasPartsOf(word) for number, word in enumerate(named)
    }
    all_words: dict[str, Any] = dict.fromkeys(has_words, True)
    users = users.annotate(**has_words)
    if _are_typed_so(named, text):
        return users.filter(_mentions(text), **all_words)
    near_text = Q(_mentions_text(text), near=True)
    return users.annotate(near=_HasPartsOf(text)).filter(
        near_text | Q(_mentions_words(named), **all_words)
    )


def met_on_a_walk(users: QuerySet[User], text: str) -> QuerySet[User]:
    """Return the same accounts, for PostgreSQL to go through `users` in order and look at each."""
    return users.annotate(is_met=_Mentions(text)).filter(is_met=True)


def _are_typed_so(named: list[str], text: str) -> bool:
    """Tell whether these words stand in `text`, whose characters stay as many in another case."""
    is_plain = len(text.lower()) == len(text) == len(text.upper())
    return is_plain and all(word in text.lower() for word in named)


def _mentions(text: str) -> Q:
    named = words(text)
    return _mentions_text(text) | _mentions_words(named) if named else _mentions_text(text)


def _mentions_text(text: str) -> Q:
    return Q(full_name__icontains=text) | Q(email__icontains=text) | Q(phone__contains=text)


def _mentions_words(named: list[str]) -> Q:
    return Q(*(Q(searchable_name__contains=word) for word in named))
