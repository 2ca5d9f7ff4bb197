"""The recipes of docs/adding-a-feature.md are followed here, so that they stay what one does."""

import ast
import json
import re

import pytest
from fastapi.routing import APIRoute

from catalog_service.stock.endpoints import router
from docs.tests.naming import files, missing_commands
from gateway.route_table import ROUTES
from gateway.routes.catalog import CATALOG
from standalone.settings import ROOT
from testing.service_manifests import MANIFESTS

PAGE = (ROOT / "docs/adding-a-feature.md").read_text()
RESOURCE, SERVICE = PAGE.split("## A service in ten")
FOLDER = ROOT / "catalog_service/stock"
OF_A_NEW_SERVICE = {"deploy/kubernetes/base/NAME.yaml", "gateway/routes/NAME.py"}
OF_ITS_PACKAGE = {
    "settings.py",
    "main.py",
    "__main__.py",
    "errors.py",
    "models.py",
    "orm.py",
    "cli.py",
}


def operations() -> set[tuple[str, str]]:
    """Return what the example serves, the names in its paths left out."""
    return {
        (method, re.sub(r"\{\w+\}", "{}", route.path))
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


def imports_of(folder_or_file: str) -> set[str]:
    """Return the modules that a file, or what lies in a folder, imports."""
    path = ROOT / folder_or_file
    found = set()
    for file in path.glob("*.py") if path.is_dir() else [path]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
    return found


@pytest.mark.parametrize(("recipe", "steps"), [(RESOURCE, 6), (SERVICE, 10)])
def test_the_steps_are_as_many_as_they_say(recipe: str, steps: int) -> None:
    numbers = [int(number) for number in re.findall(r"(?m)^(\d+)\. \*\*", recipe)]
    assert numbers == list(range(1, steps + 1))


@pytest.mark.parametrize("recipe", [RESOURCE, SERVICE])
def test_every_file_and_command_that_is_named_exists(recipe: str) -> None:
    named = files(recipe) - OF_A_NEW_SERVICE - OF_ITS_PACKAGE
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    assert missing_commands(recipe) == []


def test_the_parts_of_a_package_are_those_of_the_catalog() -> None:
    assert files(SERVICE) >= OF_ITS_PACKAGE
    assert [name for name in OF_ITS_PACKAGE if not (ROOT / "catalog_service" / name).exists()] == []


def test_the_example_has_the_files_of_the_recipe_and_no_others() -> None:
    there = {f"catalog_service/stock/{file.name}" for file in FOLDER.glob("*.py")}
    assert there - {"catalog_service/stock/__init__.py"} == {
        name for name in files(RESOURCE) if name.startswith("catalog_service/stock/")
    }


def test_the_example_uses_what_the_recipe_names() -> None:
    used = imports_of("catalog_service/stock")
    for module in ("models", "errors", "dependencies"):
        assert f"catalog_service.{module}" in used
        assert f"catalog_service/{module}.py" in files(RESOURCE)
    assert "catalog_service.stock.endpoints" in imports_of("catalog_service/main.py")


def test_the_door_knows_what_the_example_serves() -> None:
    assert {method for method, _ in operations()} == {"GET", "PUT", "DELETE"}
    known = {
        (route.method, re.sub(r"\{\w+\}", "{}", route.path))
        for route in ROUTES
        if route.service == CATALOG
    }
    assert operations() <= known


@pytest.mark.parametrize("name", ["catalog", "gateway"])
def test_the_documents_have_what_the_example_serves(name: str) -> None:
    document = json.loads((ROOT / f"docs/openapi/{name}.json").read_text())
    shown = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path))
        for path, methods in document["paths"].items()
        for method in methods
    }
    assert operations() <= shown


def test_the_messages_of_the_example_are_translated() -> None:
    [summary] = re.findall(
        r'class StockNotCounted\(\w+\):\n    """(.+?)"""', errors_of_the_catalog()
    )
    assert f'msgid "{summary}"' in (ROOT / "catalog_service/locales/ru.po").read_text()


def errors_of_the_catalog() -> str:
    return (ROOT / "catalog_service/errors.py").read_text()


def test_the_files_that_the_registry_asks_for_are_named_and_no_others() -> None:
    asked = {name.format(service="NAME") for name in MANIFESTS}
    assert sorted(asked - files(SERVICE)) == []
    deployed = {name for name in files(SERVICE) if name.startswith("deploy/")}
    assert sorted(deployed - asked) == []
