"""How many guesses a password takes, and what to do where they are few: zxcvbn (Wheeler, 2016).

The package would be a danger as it is: its search for substituted letters takes seconds for some
texts of twenty characters, and it keeps what it was given of one person for the next. So the
substitutions are undone here, texts are cut, and nothing of anybody is put into its dictionaries.
"""

import importlib
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

MIN_GUESSES = 10**8
"""What eight characters at random take."""

_CUT = 40
"""Characters that are looked at: so long, nobody guesses what is not weak up to there."""
LEET = tuple(str.maketrans("@430$5+7!1|", f"aaeosstt{one * 3}") for one in "il")
"""Letters for the marks and digits that stand for them; some stand for two."""

_SUBSTITUTED = "Predictable substitutions like '@' instead of 'a' don't help very much."
_WEAK_SCORE = 0  # of 0 to 4: from 3 on the package has no advice
_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Estimate:
    guesses: float
    sequence: list[dict[str, Any]]


def advice(password: str, known: Iterable[str] = ()) -> list[str]:
    """Return what to do about a password that takes too few guesses; nothing for a good one.

    `known` is what anybody may know of its owner. It takes some 10 ms, and 200 ms at worst: call
    it in a thread.
    """
    text = password[:_CUT]
    for form in dict.fromkeys((text, text.lower(), *map(text.lower().translate, LEET))):
        found = _estimate(form, known)
        if found.guesses < MIN_GUESSES:
            is_substituted = form.lower() != text.lower()
            return [*_feedback(found), *([_SUBSTITUTED] if is_substituted else [])]
    return []


def common_passwords() -> Mapping[str, int]:
    """Return the 30,000 passwords that zxcvbn has from leaks, without case, by their rank."""
    return _dictionaries()["passwords"]


def load() -> None:
    """Have the dictionaries, which take 90 ms, before somebody waits for them."""
    _dictionaries()


def _feedback(found: _Estimate) -> list[str]:
    feedback = _part("feedback").get_feedback(_WEAK_SCORE, found.sequence)
    return list(filter(None, (feedback["warning"], *feedback["suggestions"])))


def _estimate(text: str, known: Iterable[str]) -> _Estimate:
    matching = _part("matching")
    own = matching.build_ranked_dict(sorted({word.lower() for word in known}))
    matches = matching.omnimatch(text, {**_dictionaries(), "user_inputs": own})
    result = _part("scoring").most_guessable_match_sequence(text, matches)
    return _Estimate(float(result["guesses"]), result["sequence"])


def _dictionaries() -> Mapping[str, Mapping[str, int]]:
    with _loading:
        return _load()


@cache
def _load() -> Mapping[str, Mapping[str, int]]:
    """Leave of the package what is used: 8 MiB."""
    matching = _part("matching")
    matching.L33T_TABLE.clear()
    _part("frequency_lists").FREQUENCY_LISTS.clear()
    matching.RANKED_DICTIONARIES.pop("us_tv_and_film", None)
    loaded: Mapping[str, Mapping[str, int]] = matching.RANKED_DICTIONARIES
    return loaded


def _part(name: str) -> Any:
    return importlib.import_module(f"zxcvbn.{name}")
