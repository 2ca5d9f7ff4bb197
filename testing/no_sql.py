"""Find SQL that is written by hand in a package, outside its migrations and tests."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

_SQL = re.compile(
    r"\bselect\b[\s\S]+\bfrom\b|\binsert\s+into\b|\bupdate\b[\s\S]+\bset\b\s+\S+\s*=|\bdelete\s+from\b"
    r"|\bwith\b[\s\S]+\bas\s*\(|\b(?:create|alter|drop|truncate|lock)\s+(?:table|index|temp\w*)\b"
    r"|\border\s+by\b|\bgroup\s+by\b|\bunion\s+(?:all|select)\b|\bexplain\b|\bset\s+(?:local|session)\b"
    r"|\bcopy\s+\w+\s+(?:from|to)\b|\bon\s+conflict\b|\bfor\s+update\b|\bpg_\w+\(",
    re.IGNORECASE,
)
_BY_HAND = {"raw", "RawSQL", "execute_script", "CustomSQL"}


def texts(tree: ast.AST) -> Iterator[str]:
    """Give each text of a module but for docstrings, f-strings as far as they are written."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
            yield "".join(map(str, parts))
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
        ):
            yield node.value


def names(tree: ast.AST) -> Iterator[str]:
    """Give each name that is called or imported, but `headers.raw` of a request."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            if (
                node.attr != "raw"
                or not isinstance(owner, ast.Attribute)
                or owner.attr != "headers"
            ):
                yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id


def offences(source: str) -> list[str]:
    """Return what looks like SQL, or like a way to run some."""
    tree = ast.parse(source)
    return [text for text in texts(tree) if _SQL.search(text)] + [
        name for name in names(tree) if name in _BY_HAND
    ]


def offences_of(package: str) -> dict[str, list[str]]:
    """Return by its name what each file of a package has, were it nothing."""
    root = Path(import_module(package).__path__[0])
    return {
        str(file.relative_to(root)): offences(file.read_text())
        for file in root.rglob("*.py")
        if not {"migrations", "tests"} & set(file.relative_to(root).parts)
    }
