"""One Jinja2 environment a language: its texts, its way to write numbers, its templates.

`web_service/NAME/templates/NAME/…` are those of a feature, `web_service/templates` what all share.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.language.translation import LANGUAGES, Language
from web_service.languages.formats import compact, money, number
from web_service.languages.translations import translations
from web_service.rendering.compiled import CompiledTemplates
from web_service.rendering.folding import FoldingEnvironment

PACKAGE = Path(__file__).parents[1]
_COMPILED = {language: CompiledTemplates() for language in LANGUAGES}


def environments(*, currency: str, **shared: Any) -> Mapping[str, Environment]:
    """Return the environment of each language; `shared` are values that every template sees."""
    folders = [PACKAGE / "templates", *sorted(PACKAGE.glob("*/templates"))]
    return {language: _environment(language, folders, currency, shared) for language in LANGUAGES}


def _environment(
    language: Language, folders: list[Path], currency: str, shared: Mapping[str, Any]
) -> Environment:
    environment = FoldingEnvironment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_COMPILED[language],
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        translations(language), newstyle=True
    )
    environment.translate = translations(language).gettext
    environment.filters["money"] = partial(money, currency=currency, language=language)
    environment.filters["compact"] = partial(compact, language=language)
    environment.filters["number"] = partial(number, language=language)
    environment.globals.update(shared)
    return environment
