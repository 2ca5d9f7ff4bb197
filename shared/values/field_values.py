"""Values of header fields that are lists, and their weights (RFC 9110 sections 5.6 and 12.4.2).

Lists of tokens, that is: a comma in a quoted string divides too. Entity tags are read by
`shared.http.preconditions`.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

MOST: Final = 100
"""Elements of a list that are read, empty ones included; those beyond count for nothing."""

_SPACE: Final = " \t"
_WEIGHT: Final = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?", re.ASCII)


def elements(values: Iterable[str]) -> Iterator[str]:
    """Return the elements of all lines of a field, without the empty ones."""
    pieces = (piece for value in values for piece in value.split(",", MOST))
    return filter(None, (piece.strip(_SPACE) for piece in islice(pieces, MOST)))


def weights(values: Iterable[str]) -> list[tuple[str, float]]:
    """Return what is accepted, in lower case, and how much; 0 says that it is not.

    An element whose weight cannot be read is left out.
    """
    found = []
    for element in elements(values):
        name, *parameters = element.split(";")
        weight = _weight(parameters)
        if weight is not None:
            found.append((name.strip(_SPACE).lower(), weight))
    return found


def is_encoded(content_encoding: Iterable[str]) -> bool:
    """Tell whether a body is another than it would be without these codings."""
    return any(coding.lower() != "identity" for coding in elements(content_encoding))


def _weight(parameters: Iterable[str]) -> float | None:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip(_SPACE).lower() == "q":
            match = _WEIGHT.fullmatch(value.strip(_SPACE))
            return None if match is None else float(match[0])
    return 1.0


def best_language(accept_language: Iterable[str], offered: Iterable[str]) -> str | None:
    """Return which of the `offered` primary tags a client likes best, None where it likes none.

    A range is as good as its primary tag, but only that tag itself is excluded by a weight of 0.
    `*` is any language that is not named (RFC 9110 section 12.5.4).
    """
    liked: dict[str, float] = {}
    excluded = set()
    for language, weight in weights(accept_language):
        primary = language.partition("-")[0]
        if weight:
            liked[primary] = max(weight, liked.get(primary, 0.0))
        else:
            excluded.add(language)
    places = {primary: place for place, primary in enumerate(liked)}
    others = 0.0 if "*" in excluded else liked.get("*", 0.0)
    rank = {
        tag: (liked.get(tag, others), -places.get(tag, len(places)))
        for tag in offered
        if tag not in excluded and liked.get(tag, others)
    }
    return max(rank, key=lambda tag: rank[tag], default=None)
