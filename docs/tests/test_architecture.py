"""docs/architecture.md names files that there are, each service, and each import contract."""

import re
import tomllib

from docs.tests.naming import files, missing_commands
from standalone import registry
from standalone.settings import ROOT

PAGE = (ROOT / "docs/architecture.md").read_text()
SERVICE = ROOT / "catalog_service"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def exists(name: str) -> bool:
    """Look for a file, and for one without a folder among those of a service."""
    return (ROOT / name).exists() or ("/" not in name and any(SERVICE.rglob(name)))


def test_every_file_and_command_that_is_named_exists() -> None:
    assert len(files(PAGE)) > 40
    assert [name for name in sorted(files(PAGE)) if not exists(name)] == []
    assert missing_commands(PAGE) == []


def test_every_step_names_a_file() -> None:
    steps = re.findall(r"(?ms)^\d+\. (.+?)(?=^\d+\. |\n\n|\Z)", PAGE)
    assert len(steps) > 30
    assert [step for step in steps if not files(step)] == []


def test_every_contract_of_imports_is_described() -> None:
    contracts = [one["name"] for one in PROJECT["tool"]["importlinter"]["contracts"]]
    assert [name for name in contracts if f"**{name}" not in PAGE] == []


def test_every_service_stands_in_the_drawing_and_the_table() -> None:
    [drawing] = re.findall(r"(?s)```mermaid\n(.*?)```", PAGE)
    for service in registry.services():
        assert f"{service.name} :{service.port}" in drawing
        assert f"| `{service.package}` |" in PAGE
