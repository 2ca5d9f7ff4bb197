"""The catalogues of the pages' texts: those of `web_service/NAME` are in its `locales` folder.

What all pages share, `web_service/templates`, is translated in `web_service/languages/locales`, and
need not be repeated. A text that two folders have stands in both catalogues, and is translated
alike. `tools.messages` writes and checks these beside the catalogues of the API.
"""

import ast
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import BytesIO, StringIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from standalone.registry import PAGES, services

ROOT = Path(__file__).parents[1]
PACKAGE: Final = next(service.package for service in services() if service.name == PAGES)
SHARED: Final = "languages"
"""The folder whose catalogue has what stands in no folder of a feature."""
_NOT_SHOWN: Final = frozenset({"tests", "migrations", "static"})
_KEYWORDS: Final = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_TEMPLATES: Final = {  # as web_service/rendering/environment.py reads them
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
_HEADER: Final = """\
# Texts of {name}; `make messages` finds them, people write the msgstr.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: {language}\\n"
"Plural-Forms: {plural_forms}\\n"

"""


def wanted(language: str) -> dict[Path, Catalog]:
    """Return the texts of the pages without translations, by the file where these are."""
    found = _found(language)
    shared = found.get(_catalogue(SHARED, language), Catalog())
    for file, catalog in found.items():
        if catalog is not shared:
            _leave_out(shared, catalog, written=read(file, language))
    there = (ROOT / PACKAGE).glob(f"*/locales/{language}.po")
    return {file: Catalog(locale=language) for file in there} | {
        file: catalog for file, catalog in found.items() if len(catalog)
    }


def _leave_out(shared: Catalog, catalog: Catalog, *, written: Catalog) -> None:
    """Take from a catalogue what all pages share, unless it is translated there anyway."""
    for message in list(catalog):
        key = message.id, message.context
        if message.id and shared.get(*key) is not None and written.get(*key) is None:
            catalog.delete(*key)


def _found(language: str) -> dict[Path, Catalog]:
    """Return all that is in the code and the templates of each folder."""
    found: dict[Path, Catalog] = {}
    for file in _sources():
        catalogue = _catalogue_of(file, language)
        texts = found.setdefault(catalogue, Catalog(locale=language))
        place = [(str(file.relative_to(ROOT)), 0)]
        for text, context in _texts(file):
            texts.add(text, locations=place, context=context)
    return found


def write(language: str) -> None:
    """Bring the catalogues of a language up to date; translations of what there still is stay."""
    for file, catalog in wanted(language).items():
        written = read(file, language)
        for message in catalog:
            known: Message | None = written.get(message.id, message.context) if message.id else None
            if known is not None and isinstance(known.string, tuple) == message.pluralizable:
                message.string = known.string
        body = BytesIO()
        write_po(body, catalog, width=100, omit_header=True, include_lineno=False)
        name = file.parents[1].relative_to(ROOT)
        head = _HEADER.format(name=name, language=language, plural_forms=catalog.plural_forms)
        file.parent.mkdir(exist_ok=True)
        file.write_text((head + body.getvalue().decode()).rstrip("\n") + "\n")


def contradictions(language: str) -> Iterator[str]:
    """Name the texts that two catalogues translate differently: a page would show either."""
    seen: dict[object, tuple[object, Path]] = {}
    for file in sorted(wanted(language)):
        for message in read(file, language):
            if not message.id or not message.string:
                continue
            string, other = seen.setdefault((message.id, message.context), (message.string, file))
            if string != message.string:
                names = f"{file.relative_to(ROOT)}, {other.relative_to(ROOT)}"
                yield f"{names}: translated in two ways: {message.id!r}"


def unreadable() -> Iterator[str]:
    """Name the texts that nothing can find, because values are written into them."""
    for file in _sources():
        if file.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call) or _name(node.func) not in _KEYWORDS:
                continue
            if any(isinstance(one, ast.JoinedStr | ast.BinOp) for one in node.args):
                place = f"{file.relative_to(ROOT)}:{node.lineno}"
                yield f"{place}: a text with values must be a literal with places"


def read(file: Path, language: str) -> Catalog:
    """Return a catalogue as it is written; an empty one where there is none."""
    return read_po(BytesIO(file.read_bytes() if file.exists() else b""), locale=language)


def _name(function: ast.expr) -> str:
    return str(getattr(function, "id", getattr(function, "attr", "")))


def _sources() -> list[Path]:
    """Return the code and the templates of the pages."""
    folder = ROOT / PACKAGE
    files = [*folder.rglob("*.py"), *folder.rglob("templates/**/*.*")]
    return sorted(one for one in files if _NOT_SHOWN.isdisjoint(one.relative_to(ROOT).parts))


def _catalogue(folder: str, language: str) -> Path:
    return ROOT / PACKAGE / folder / "locales" / f"{language}.po"


def _catalogue_of(source: Path, language: str) -> Path:
    place = source.relative_to(ROOT / PACKAGE).parts
    is_shared = len(place) == 1 or place[0] == "templates"
    return _catalogue(SHARED if is_shared else place[0], language)


def _texts(file: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    method, options = ("python", {}) if file.suffix == ".py" else ("jinja2", _TEMPLATES)
    with redirect_stderr(StringIO()):  # Babel warns of f-strings, which `unreadable` names
        found = extract_from_file(method, file, keywords=_KEYWORDS, options=options)
    yield from ((text, context) for _, text, _, context in found if text)
