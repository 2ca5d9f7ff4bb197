"""No SQL is written by hand in the catalog, outside its migrations."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

PACKAGE = Path(import_module("catalog_service").__path__[0])
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


@pytest.mark.parametrize(
    "source",
    [
        "q = 'SELECT id FROM product'",
        "q = 'select *\\n  from product'",
        "q = f'SELECT {column} FROM {table}'",
        "q = f'UPDATE {table} SET a = 1'",
        "q = 'INSERT ' 'INTO product VALUES (1)'",
        "q = b'' or 'delete from product'",
        "q = 'id IN (1) ORDER BY id'",
        "await db.execute_script(text)",
        "Product.raw(text)",
        "models.Product.raw(text)",
        "RawSQL(text)",
        "def f():\n    '''A docstring.'''\n    return 'LOCK TABLE product'",
    ],
)
def test_sql_is_seen(source: str) -> None:
    assert offences(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""Select what comes from the shop."""',
        "q = 'Select a product'",
        "q = 'Set the price to update it'",
        "products.order_by('-created_at')",
        "language_of(request.headers.raw)",
    ],
)
def test_ordinary_words_are_not_taken_for_it(source: str) -> None:
    assert not offences(source)


def test_there_is_none_outside_the_migrations() -> None:
    files = [
        file
        for file in PACKAGE.rglob("*.py")
        if not {"migrations", "tests"} & set(file.relative_to(PACKAGE).parts)
    ]
    found = {str(file.relative_to(PACKAGE)): offences(file.read_text()) for file in files}

    assert len(files) > 20
    assert {name: sql for name, sql in found.items() if sql} == {}
