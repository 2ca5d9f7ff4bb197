"""Files and functions stay small enough to be read at one sitting; what is larger says why."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from standalone import registry
from standalone.settings import ROOT

PACKAGES = ("shared", "standalone", "tools", "vitrina", "bench", "gateway")
MAX_FILE_LINES = 250
MAX_BODY_LINES = 40
MAX_MODULES = 22

LARGER_FILES = {
    "catalog_service/models.py": "one list: the tables, each after those that it names",
    "mailing_service/errors.py": "one list: what each room may refuse, in the order of the rooms",
    "standalone/secret_files.py": "one story: each secret once, in the order in which it is made",
}


def product_files() -> Iterator[tuple[str, str]]:
    packages = {*PACKAGES, *(service.package for service in registry.services())}
    for package in sorted(packages):
        for file in sorted(Path(ROOT, package).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            if not {"tests", "migrations"} & set(file.parts[:-1]):
                yield name, file.read_text(encoding="utf-8")


def bodies(code: str) -> Iterator[tuple[str, int]]:
    """Yield each function with the lines of its body, but for its docstring."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1:] if ast.get_docstring(node) is not None else node.body
            yield node.name, (node.end_lineno or 0) - first[0].lineno + 1 if first else 0


def test_no_file_is_too_long() -> None:
    sizes = {name: len(code.splitlines()) for name, code in product_files()}
    assert {name for name, size in sizes.items() if size > MAX_FILE_LINES} <= {*LARGER_FILES}


def test_no_folder_is_crowded() -> None:
    modules = Counter(
        Path(name).parent.as_posix() for name, _ in product_files() if "__init__" not in name
    )
    crowded = {folder for folder, count in modules.items() if count > MAX_MODULES}
    assert crowded <= {"bench"}  # its commands, of which each is by itself


def test_no_body_is_too_long() -> None:
    longer = [
        f"{name}::{function}"
        for name, code in product_files()
        for function, size in bodies(code)
        if size > MAX_BODY_LINES
    ]
    assert longer == []
