"""Tests belong to their package: no other package imports them, and no image has them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from standalone.settings import ROOT


def imported(path: Path) -> Iterator[str]:
    """Yield the full names of the modules, and of what is taken from them, that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def owner_of_tests(module: str) -> str | None:
    """Return the package whose tests a module belongs to."""
    names = module.split(".")
    return names[0] if "tests" in names else None


def foreign_imports(root: Path) -> list[str]:
    """Return who imports the tests of another package, and which."""
    return [
        f"{path.relative_to(root)} imports {module}"
        for path in sorted(root.glob("[a-z]*/**/*.py"))
        for module in imported(path)
        if owner_of_tests(module) not in {None, path.relative_to(root).parts[0]}
    ]


def test_no_package_imports_the_tests_of_another() -> None:
    assert foreign_imports(ROOT) == []


def test_such_an_import_is_found(tmp_path: Path) -> None:
    file = tmp_path / "gateway/tests/test_one.py"
    file.parent.mkdir(parents=True)
    file.write_text(
        "from gateway.tests import clients\nfrom auth_service.tests.people import Anna\n"
    )
    assert foreign_imports(tmp_path) == [
        "gateway/tests/test_one.py imports auth_service.tests.people.Anna"
    ]


def test_no_image_but_that_of_the_tests_has_them() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = [line for line in lines if line.startswith("COPY ")]
    assert [line for line in copied if "testing" in line] == []
    removed = "find . -type d -name tests -prune -exec rm -rf {} +"
    assert f"RUN {removed} && python -m compileall -q ." in lines
