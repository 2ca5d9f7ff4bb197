"""Words that are not the field's are found, in names and in texts, and exceptions are needed."""

from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from tools import vocabulary
from tools.vocabulary import Term, problems

TERM = {"instead": "email", "names": "letters?", "words": "letters?|so to say"}


def found(content: str, *, path: str = "a/b.py", **more: Any) -> list[str]:
    return list(problems(path, content, [Term.read({**TERM, **more})]))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("class LetterRead: ...", "LetterRead"),
        ("def read_letters(): ...", "read_letters"),
        ("async def f(first_letter): ...", "first_letter"),
        ("def f(*, letter=1): ...", "letter"),
    ],
)
def test_names_are_looked_at_by_their_words(code: str, name: str) -> None:
    (problem,) = found(code)
    assert problem.startswith("a/b.py:1: letter")
    assert problem.endswith(f" in {name}; write email")
    assert found("class Lettering: ...\ndef unlettered(): ...") == []


def test_a_module_has_a_name_too() -> None:
    assert found("", path="a/letters.py") == ["a/letters.py:1: letters in letters; write email"]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ('"""A Letter."""', 1),
        ("x = 1  # the letter", 1),
        ("# first, so\n# to say, last", 1),
        ('x = 1\ny = f"no letter of {x}"', 2),
        ('"""One\n\ntwo letters"""', 3),
    ],
)
def test_comments_and_strings_are_texts(code: str, line: int) -> None:
    (problem,) = found(code)
    assert problem.startswith(f"a/b.py:{line}: ")


def test_other_files_are_text_as_a_whole() -> None:
    assert found("# A title\n\nof letters", path="a.md") == ["a.md:3: 'letters'; write email"]


def test_exceptions_are_files_or_phrases() -> None:
    text = "# upper-case letters"
    assert found(text, allowed=["upper-case letters"]) == []
    assert found(text + " of letters", allowed=["upper-case letters"]) != []
    assert found(text, exempt={"a/*": "a reason"}) == []
    assert found(text, exempt={"b/*": "a reason"}) != []


@pytest.mark.skipif(not (vocabulary.ROOT / ".git").exists(), reason="git lists the files")
def test_each_exception_is_needed() -> None:
    """One whose file is gone, or is clean now, would hide the next mistake."""
    terms, exempt = vocabulary.terms()
    names = vocabulary.files(vocabulary.ROOT)
    assert [glob for glob in exempt if not any(fnmatch(name, glob) for name in names)] == []
    assert [unneeded for term in terms for unneeded in _unneeded(term, names, exempt)] == []


def _unneeded(term: Term, names: list[str], everywhere: Mapping[str, str]) -> list[str]:
    held = Term(term.instead, term.names, term.words, allowed=term.allowed)
    seen = [name for name in names if not any(fnmatch(name, glob) for glob in everywhere)]

    def is_broken(name: str) -> bool:
        content = Path(vocabulary.ROOT, name).read_text(encoding="utf-8")
        return any(problems(name, content, [held]))

    return [
        glob
        for glob in term.exempt
        if not any(is_broken(name) for name in seen if fnmatch(name, glob))
    ]
