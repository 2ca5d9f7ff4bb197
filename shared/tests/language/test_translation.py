"""Messages in other languages, by catalogues that gettext's tools read and write."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from pydantic import TypeAdapter, ValidationError

from shared.language.catalogues import Catalogue, catalogue, entries
from shared.language.translation import LANGUAGES, Sentence, language_of, translate

ROOT = Path(__file__).parents[3]
CATALOGUES = sorted(ROOT.glob("*/locales/*.po"))


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.parts[-3])
def test_a_catalogue_is_read_as_babel_reads_it(file: Path) -> None:
    read = Catalogue()
    read.add(entries(file.read_text()))

    with file.open("rb") as opened:
        expected = [message for message in read_po(opened) if message.id and message.string]
    assert read.texts == {m.id: m.string for m in expected if m.context is None}
    assert read.rules == {m.context: m.string for m in expected if m.context is not None}
    assert expected


def test_a_catalogue_may_be_laid_out_in_any_way() -> None:
    text = """
#. a comment
#, python-brace-format
msgid ""
"One "
"line\\n"
msgstr "Одна "
"строка: \\"да\\""
msgctxt "rule"
msgid "A"
msgstr "Б"

#~ msgid "gone"
#~ msgstr "нет"
msgid "not yet"
msgstr ""
"""
    read = Catalogue()
    read.add(entries(text))

    assert read.texts == {"One line\n": 'Одна строка: "да"'}
    assert read.rules == {"rule": "Б"}


def test_every_package_has_a_catalogue_in_every_language() -> None:
    packages = {"shared", "auth_service", "catalog_service", "mailing_service", "gateway"}

    assert {(file.parts[-3], file.stem) for file in CATALOGUES} == {
        (package, language) for package in packages for language in LANGUAGES if language != "en"
    }


def test_a_sentence_keeps_its_values_in_every_language() -> None:
    sentence = Sentence("«{name}»: {wanted} wanted, {left} left", name="Чай", wanted=3, left=2)

    assert sentence == "«Чай»: 3 wanted, 2 left"
    assert translate(sentence, "en") == "«Чай»: 3 wanted, 2 left"
    assert translate(sentence, "ru") == "«Чай»: нужно 3, осталось 2"


def test_values_are_not_translated_unless_they_are_sentences() -> None:
    name = "Field required"
    outer = "«{name}» is not for sale any more"

    assert translate(Sentence(outer, name=name), "ru") == "«Field required» больше не продаётся"
    assert translate(Sentence(outer, name=Sentence(name)), "ru").startswith("«Обязательное поле»")


def test_values_are_no_templates() -> None:
    sentence = Sentence("«{name}» is not for sale any more", name="{name.__class__} {0}")

    assert translate(sentence, "ru") == "«{name.__class__} {0}» больше не продаётся"


@pytest.mark.parametrize("language", ["ru", "de", ""])
def test_what_has_no_translation_is_english(language: str) -> None:
    assert translate("Nobody has translated this {0}", language) == "Nobody has translated this {0}"
    assert translate(Sentence("No {n}", n=1), language) == "No 1"
    assert not catalogue("de").texts


def test_rules_of_pydantic_are_reported_by_their_names() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(list[int]).validate_python(["x", 1.5])

    told = [translate(Sentence.of_rule(dict(each)), "ru") for each in caught.value.errors()]
    assert told == ["Должно быть целое число", "Должно быть целое число, без дробной части"]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ru", "ru"),
        ("ru-RU", "ru"),
        ("RU-ru", "ru"),
        ("de, ru;q=0.5", "ru"),
        ("en;q=0.5, ru;Q=0.9", "ru"),
        ("ru;q=0, en", "en"),
        ("ru;q=0", "en"),
        ("de", "en"),
        ("", "en"),
        ("*", "en"),
        (",;q=,,", "en"),
        ("ru;q=high", "en"),
        ("rus", "en"),
    ],
)
def test_the_language_is_the_one_a_client_likes_best(accepted: str, language: str) -> None:
    assert language_of([(b"accept-language", accepted.encode())]) == language


def test_several_fields_are_one_list() -> None:
    fields = [(b"accept-language", b"de"), (b"host", b"ru"), (b"accept-language", b"ru")]

    assert language_of(fields) == "ru"
    assert language_of([]) == "en"
