"""Bring the catalogues of messages up to date, or with --check tell what is wrong with them.

What is translated: the first line of each error's docstring, the rules of pydantic that a request
can break, the literals that are given to the functions below, and what templates of Jinja2 mark.
Babel finds the last two. The texts of pages have catalogues of their own (`tools.page_messages`).
"""

import ast
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr
from importlib.util import find_spec
from io import BytesIO, StringIO
from itertools import chain
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

import gateway.errors as _errors_of_the_gateway
from shared.errors import ServiceError
from shared.language.translation import DEFAULT_LANGUAGE, LANGUAGES
from standalone import registry
from tools import page_messages
from tools.openapi import ENVIRONMENT, applications
from tools.validation_rules import TEMPLATES, rules

ROOT = Path(__file__).parents[1]
PACKAGES = (
    "shared",
    *(one.package for one in registry.services() if one.name != registry.PAGES),
)
FUNCTIONS = {
    "Sentence": (1,),
    "FieldProblem": (2,),
    "InvalidIdentifier": (1,),
    "PydanticCustomError": (2,),
}
"""Which argument is a message, counted from one."""
FOREIGN = {"auth_service": ("zxcvbn.feedback",)}
"""Modules of others whose messages, marked for gettext, are shown."""
_REASON = "{reason}"  # of a PydanticCustomError: the message is its value
_NOT_SHOWN = frozenset({"tests", "testing", "migrations"})
_PLACE = re.compile(r"\{(\w+)[^}]*\}|%\((\w+)\)s")
_TEMPLATES = {"silent": "false"}
_HEADER = """\
# Messages of {package}; `make messages` finds them, people write the msgstr.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: {language}\\n"

"""


def main(arguments: list[str]) -> int:
    """Write or check; return the exit status."""
    os.environ.update(ENVIRONMENT)
    wrong = [*unreadable(), *page_messages.unreadable()]
    for language in LANGUAGES:
        if language != DEFAULT_LANGUAGE:
            for package, wanted in messages().items():
                file = ROOT / package / "locales" / f"{language}.po"
                if "--check" in arguments:
                    wrong += faults(file, wanted)
                else:
                    file.write_text(_text(package, language, _updated(file, wanted)))
            wrong += _pages(language, is_check="--check" in arguments)
    for sentence in wrong:
        sys.stderr.write(f"{sentence}\n")
    return 1 if wrong else 0


def _pages(language: str, *, is_check: bool) -> Iterator[str]:
    """Write the catalogues of the pages, or say what is wrong with them."""
    if not is_check:
        page_messages.write(language)
        return
    for file, wanted in page_messages.wanted(language).items():
        yield from faults(file, wanted)
    yield from page_messages.contradictions(language)


def messages() -> dict[str, Catalog]:
    """Return the messages of each package, without translations; none is in two of them."""
    found = {package: Catalog() for package in PACKAGES}
    known: set[object] = set()
    raised = set[str]().union(*map(rules, applications().values()))
    for package, catalog in found.items():
        texts = sorted((*_errors(package), *_literals(package)), key=lambda found: found[1])
        for text, place in texts:
            if text not in known:
                catalog.add(text, locations=[(place, 0)])
        known |= {message.id for message in catalog if message.id}
    for rule in sorted(raised):
        found["shared"].add(TEMPLATES[rule], context=rule)
    return found


def faults(file: Path, wanted: Catalog) -> Iterator[str]:
    """Say what is missing in a catalogue, what is not used any more and what is not right."""
    written = _read(file)
    keys = {(message.id, message.context) for message in wanted if message.id}
    name = file.relative_to(ROOT)
    for text, context in keys:
        message = written.get(text, context)
        if message is None or not _is_translated(message, text):
            yield f"{name}: not translated: {text!r}; run make messages"
        elif not _places(message.string) <= _places(text):
            yield f"{name}: has other values than its English text: {text!r}"
        elif message.fuzzy:
            yield f"{name}: marked as fuzzy: {text!r}"
    unused = {(message.id, message.context) for message in written if message.id} - keys
    yield from (f"{name}: not used any more: {text!r}; run make messages" for text, _ in unused)


def _is_translated(message: Message, text: object) -> bool:
    """Tell whether there is a translation, in each of its forms if `text` has a plural."""
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(forms) and isinstance(text, tuple) == isinstance(message.string, tuple)


def _errors(package: str) -> Iterator[tuple[str, str]]:
    assert _errors_of_the_gateway
    for error in _subclasses(ServiceError):
        place = error.__module__.split(".")
        if place[0] == package and _NOT_SHOWN.isdisjoint(place) and error.error is not None:
            yield error.message, f"{'/'.join(place)}.py"


def _subclasses(error: type[ServiceError]) -> Iterator[type[ServiceError]]:
    if not error.__name__.startswith("_"):
        yield error
    for each in error.__subclasses__():
        yield from _subclasses(each)


def _literals(package: str) -> Iterator[tuple[str, str]]:
    for module in FOREIGN.get(package, ()):
        source = find_spec(module)
        assert source is not None
        assert source.origin is not None
        for _, text, _, _ in extract_from_file("python", source.origin):
            yield str(text), module
    for file in _files(package):
        with redirect_stderr(StringIO()):  # Babel warns of f-strings that are no messages
            found = extract_from_file("python", file, keywords=FUNCTIONS)
        for _, text, _, _ in found:
            if text and text != _REASON:
                yield str(text), str(file.relative_to(ROOT))
    for file in _files(package, "*.j2"):
        for _, text, _, _ in extract_from_file("jinja2", file, options=_TEMPLATES):
            yield str(text), str(file.relative_to(ROOT))


def unreadable() -> Iterator[str]:
    """Name the messages that nothing can find, because values are written into them."""
    for file in chain.from_iterable(map(_files, PACKAGES)):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = f"{file.relative_to(ROOT)}:{node.lineno}"
                for number in FUNCTIONS.get(node.func.id, ()):
                    for message in node.args[number - 1 : number]:
                        if isinstance(message, ast.JoinedStr | ast.BinOp):
                            yield f"{place}: a message with values must be a Sentence"
                        elif node.func.id == "Sentence" and not isinstance(message, ast.Constant):
                            yield f"{place}: a Sentence must be given a literal"


def _files(package: str, pattern: str = "*.py") -> Iterable[Path]:
    files = sorted((ROOT / package).rglob(pattern))
    return [file for file in files if _NOT_SHOWN.isdisjoint(file.relative_to(ROOT).parts)]


def _places(text: object) -> set[str]:
    return {name for names in _PLACE.findall(str(text)) for name in names if name}


def _read(file: Path) -> Catalog:
    return read_po(BytesIO(file.read_bytes()) if file.exists() else BytesIO())


def _updated(file: Path, wanted: Catalog) -> Catalog:
    """Return `wanted` with the translations that there are; what nobody needs any more is gone."""
    written = _read(file)
    for message in wanted:
        known: Message | None = written.get(message.id, message.context) if message.id else None
        if known is not None:
            message.string = known.string
    return wanted


def _text(package: str, language: str, catalog: Catalog) -> str:
    body = BytesIO()
    write_po(body, catalog, width=100, omit_header=True, include_lineno=False)
    return _HEADER.format(package=package, language=language) + body.getvalue().decode()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
