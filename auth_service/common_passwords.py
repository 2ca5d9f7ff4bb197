"""Passwords that everybody tries first, and those that are made of what is known of a person.

No network is asked: the list is that of the package zxcvbn, 30,000 passwords out of leaks.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from string import digits, punctuation

TOO_EASY = "Is too easy to guess"
MIN_LIST_LENGTH = 20_000
SITE_WORDS = frozenset({"vitrina", "vitrine", "shop", "store", "market", "magazin"})

_MIN_WORD_LENGTH = 3
"""Shorter parts of a name or an address say nothing about a password that contains them."""
_MIN_REST_LENGTH = 4
"""What a password must hold beside known words; shorter entries of the list are not compared."""
_LIST = re.compile(r'\s*"passwords": "([^"]+)"\.split\(","\)')
_SPECIAL = punctuation + " "
_ORNAMENTS = ("", _SPECIAL, digits + ":%&#-_. ", digits + _SPECIAL)
"""What is taken off either end: the third leaves the marks that stand for letters."""
_OUTPOSTS = re.compile(r"^[a-z]{1,2}[^a-z0-9]+|[^a-z0-9]+[a-z]{1,2}$")
"""One or two letters set apart, as `A:` before or `:A` behind a word to satisfy rules."""
_LEET = tuple(str.maketrans("@430$5+7!1|", f"aaeosstt{one * 3}") for one in "il")
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


@cache
def common_passwords() -> frozenset[str]:
    """Return the list; 2.5 MB from the first use on.

    It is read from the package's source, line by line: to import it takes 15 MB, of which most
    stays, and holds the event loop for 50 ms instead of 5.
    """
    with _source().open(encoding="utf-8") as lines:
        for line in lines:
            if found := _LIST.match(line):
                return frozenset(found[1].casefold().split(","))
    raise LookupError("zxcvbn.frequency_lists has another form than this module reads")


def _source() -> Path:
    package = find_spec("zxcvbn")
    if package is None or package.origin is None:
        raise LookupError("zxcvbn is not installed")
    return Path(package.origin).with_name("frequency_lists.py")


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
            yield from (form.translate(letters) for letters in _LEET)
