"""Messages in the language of the person who reads them: English in the code, others by catalogue.

A message is a string, and its English text is the key of its translations. One that holds values is
a `Sentence`, which remembers its template. Nothing but this module asks a catalogue.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, Self, get_args

from shared.language.catalogues import catalogue
from shared.values.field_values import best_language

Language = Literal["en", "ru"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
DEFAULT_LANGUAGE: Final = "en"
"""That of the texts in the code."""

ACCEPT_LANGUAGE = b"accept-language"


class Sentence(str):
    """A message that holds values, or one that stands where no function names it as a message.

    As a string it is the English text. Values that are sentences are translated too.
    """

    __slots__ = ("rule", "template", "values")

    template: str
    values: Mapping[str, object]
    rule: str | None

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Put `values` into the `{places}` of `template`, a literal: only those are found."""
        sentence = super().__new__(cls, template.format_map(values))
        sentence.template, sentence.values, sentence.rule = template, values, None
        return sentence

    @classmethod
    def of_parts(cls, separator: str, parts: Iterable[str]) -> Self:
        """Return several messages in one, each of which is translated for itself."""
        values = {f"part{number}": part for number, part in enumerate(parts)}
        return cls(separator.join(f"{{{name}}}" for name in values), **values)

    @classmethod
    def of_rule(cls, problem: Mapping[str, Any]) -> Self:
        """Return what pydantic says of a broken rule, one of its own or of ours."""
        sentence = super().__new__(cls, problem["msg"])
        sentence.template, sentence.rule = problem["msg"], problem["type"]
        sentence.values = problem.get("ctx", {})
        return sentence


_OR = Sentence(" or ")
"""What pydantic puts before the last of several values that are allowed."""


def preload() -> None:
    """Read the catalogues now: later somebody would wait for it."""
    for language in LANGUAGES:
        catalogue(language)


def accepted_language(accept_language: Iterable[str]) -> Language | None:
    """Return which of ours a client likes best by its Accept-Language fields, if any."""
    best = best_language(accept_language, LANGUAGES)
    return next((language for language in LANGUAGES if language == best), None)


def language_of(fields: Iterable[tuple[bytes, bytes]]) -> Language:
    """Return the language to answer in, by the raw, lower-cased fields of a request."""
    accepted = [value.decode("latin-1") for name, value in fields if name == ACCEPT_LANGUAGE]
    return (accepted_language(accepted) if accepted else None) or DEFAULT_LANGUAGE


def translate(message: str, language: str) -> str:
    """Return `message` in `language`, or in English where that has no translation of it."""
    if language == DEFAULT_LANGUAGE:
        return str(message)
    known = catalogue(language)
    if not isinstance(message, Sentence):
        return known.texts.get(message, message)
    template = known.texts.get(message.template)
    if message.rule is not None:
        template = known.rules.get(message.rule, template)
        if template is None:
            return str(message)
    values = {name: _translate(value, language) for name, value in message.values.items()}
    if message.rule is not None and isinstance(allowed := values.get("expected"), str):
        values["expected"] = allowed.replace(_OR, translate(_OR, language))
    return (template or message.template).format_map(values)


def _translate(value: object, language: str) -> object:
    return translate(value, language) if isinstance(value, Sentence) else value
