"""What a page names in backticks: files and commands of the repository."""

import ast
import re
from pathlib import Path

from standalone.settings import ROOT

_NAMED = re.compile(r"`([^`\n]+)`")
_FILE = re.compile(
    r"[\w.-]+(?:/[\w.-]+)+|[\w.-]+\.(?:md|py|toml|yml|sample)|Dockerfile|\.dockerignore"
)
_TARGET = re.compile(r"(?m)^([a-z-]+):.*## ")


def files(text: str) -> set[str]:
    """Return the names that look like a path of the repository."""
    return {name for name in _NAMED.findall(text) if _FILE.fullmatch(name)}


def missing_commands(text: str) -> list[str]:
    """Return commands of make, of Python's -m and of pytest that there are not."""
    targets = _TARGET.findall((ROOT / "Makefile").read_text())
    return [command for command in _NAMED.findall(text) if not _exists(command.split(), targets)]


def names_of_functions(file: Path) -> set[str]:
    """Return the names of the functions in a file."""
    found = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.parse(file.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, found)}


def _exists(words: list[str], targets: list[str]) -> bool:
    if words[0] == "make":
        return words[1] in targets
    if words[:2] == ["python", "-m"]:
        module = ROOT / words[2].replace(".", "/")
        return module.with_suffix(".py").exists() or (module / "__main__.py").exists()
    if words[0] == "pytest":
        return (ROOT / words[1]).exists()
    return True
