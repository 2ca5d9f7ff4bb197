"""Texts of pages by gettext, with plural forms: one catalogue a feature, read at the start.

The texts of `web_service/NAME/` are translated in `web_service/NAME/locales/LANGUAGE.po`; those of
`web_service/templates` in `web_service/languages/locales`.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from shared.language.translation import DEFAULT_LANGUAGE

PACKAGE = Path(__file__).parents[1]


@cache
def translations(language: str) -> NullTranslations:
    """Return all texts in `language`; what has no translation stays English."""
    if language == DEFAULT_LANGUAGE:
        return NullTranslations()
    every = Catalog(locale=language)
    for file in sorted(PACKAGE.glob(f"*/locales/{language}.po")):
        with file.open("rb") as text:
            for message in read_po(text, locale=language):
                if message.id:
                    every.add(message.id, message.string, context=message.context)
    compiled = BytesIO()
    write_mo(compiled, every)
    compiled.seek(0)
    return GNUTranslations(compiled)
