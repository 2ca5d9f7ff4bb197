"""Passwords that everybody tries first, and those that are made of what is known of a person.

No network is asked: the list is that of the package zxcvbn, 30,000 passwords out of leaks.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from string import digits, punctuation

from auth_service.passwords.strength import LEET, advice, common_passwords
from shared.language.translation import Sentence

TOO_EASY = Sentence("Is too easy to guess")
ADD_WORDS = Sentence("Add another word or two. Uncommon words are better.")
NOT_YOURS = Sentence("Avoid your own name, email and phone.")
SITE_WORDS = frozenset({"vitrina", "vitrine", "shop", "store", "market", "magazin"})

_MIN_WORD_LENGTH = 3
"""Shorter parts of a name or an address say nothing about a password that contains them."""
_MIN_REST_LENGTH = 4
"""What a password must hold beside known words; shorter entries of the list are not compared."""
_SPECIAL = punctuation + " "
_ORNAMENTS = ("", _SPECIAL, digits + ":%&#-_. ", digits + _SPECIAL)
"""What is taken off either end: the third leaves the marks that stand for letters."""
_OUTPOSTS = re.compile(r"^[a-z]{1,2}[^a-z0-9]+|[^a-z0-9]+[a-z]{1,2}$")
"""One or two letters set apart, as `A:` before or `:A` behind a word to satisfy rules."""
_LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufye", strict=True))
    | {"ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch"}
    | {"ъ": "", "ь": "", "ю": "yu", "я": "ya"}
)


@dataclass(frozen=True, slots=True)
class Known:
    """What anybody may know of the person whose password it is."""

    full_name: str
    email: str
    phone: str

    def words(self) -> frozenset[str]:
        """Return the parts of name, address and number, in Latin letters, without case."""
        local, _, domain = self.email.casefold().rpartition("@")
        spelled = f"{self.full_name.casefold().translate(_LATIN)} {local} {domain.split('.')[0]}"
        parts = re.findall(r"[a-z0-9]+", spelled)
        number = self.phone.lstrip("+")
        return frozenset({*parts, local, number, number[1:], number[-7:]})


def is_common(password: str) -> bool:
    """Tell whether it is a common password or a word of this site, for all its decoration."""
    return _is_guessable(password, SITE_WORDS)


def is_about(password: str, known: Known) -> bool:
    """Tell whether little is left of it without words of the site and of its owner."""
    return _is_guessable(password, SITE_WORDS | known.words())


def objections(password: str, known: Known) -> list[str]:
    """Return why it is too easy to guess for one who knows its owner, and what to do instead.

    Nothing for a good one. It takes its time: call it in a thread.
    """
    if is_common(password):
        return [TOO_EASY, ADD_WORDS]
    if is_about(password, known):
        return [TOO_EASY, NOT_YOURS, ADD_WORDS]
    found = advice(password, SITE_WORDS | known.words())
    return [TOO_EASY, *found] if found else []


def _is_guessable(password: str, words: frozenset[str]) -> bool:
    by_length = sorted((w for w in words if len(w) >= _MIN_WORD_LENGTH), key=len, reverse=True)
    return any(_is_known(form, by_length) for form in set(_plain_forms(password.casefold())))


def _is_known(form: str, words: Iterable[str]) -> bool:
    rest = form
    for word in words:
        rest = rest.replace(word, "")
    if rest != form:
        rest = "".join(character for character in rest if character.isalnum())
        if len(rest) < _MIN_REST_LENGTH:
            return True
    return len(rest) >= _MIN_REST_LENGTH and rest in common_passwords()


def _plain_forms(folded: str) -> Iterator[str]:
    """Give the password without what people add to it, in every combination of few and much."""
    for before, behind in product(_ORNAMENTS, repeat=2):
        bare = folded.lstrip(before).rstrip(behind)
        for form in (bare, _OUTPOSTS.sub("", bare)):
            yield form
            yield from (form.translate(letters) for letters in LEET)
