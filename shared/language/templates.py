"""Files of Jinja2 in the language of their reader: `_("…")` is a message of the catalogues."""

from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.language.translation import translate


@cache
def templates(folder: Path, language: str, *, autoescape: bool = True) -> Environment:
    """Return the templates of a folder; only those of plain text are not escaped.

    A value that is missing is an error, and messages have no plural forms.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=autoescape,  # noqa: S701 - see above
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    gettext = partial(translate, language=language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, _no_plurals, newstyle=True
    )
    return environment


def _no_plurals(singular: str, plural: str, number: int) -> str:
    raise NotImplementedError(f"messages have no plural forms: {singular}, {plural}, {number}")
