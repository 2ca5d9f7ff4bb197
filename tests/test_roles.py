"""Which roles edit the catalog is written down once, so that no cache shows others their pages."""

import ast
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from uuid import uuid4

from catalog_service.dependencies import may_edit
from gateway.route_table import ROUTES
from shared.access.principal import Principal
from shared.access.roles import CATALOG_EDITORS
from shared.access.tokens import Role
from standalone import registry

ROOT = Path(__file__).parents[1]
PACKAGES = ("shared", *(service.package for service in registry.services()))


def sets_of_roles(tree: ast.AST) -> Iterator[int]:
    """Give the lines that build a set of roles, of two or more."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Set | ast.Tuple | ast.List):
            roles = [each for each in node.elts if ast.unparse(each).startswith("Role.")]
            if len(roles) > 1 and "Role.USER" not in ast.unparse(node):
                yield node.lineno


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (file for file in (ROOT / package).rglob("*.py") if "tests" not in file.parts)


def test_no_other_module_names_several_roles() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in modules()
        for line in sets_of_roles(ast.parse(file.read_text()))
    ]

    assert {place.partition(":")[0] for place in found} == {"shared/access/roles.py"}


def test_the_catalog_and_the_gateway_take_the_same_people_for_editors() -> None:
    for count in range(len(Role) + 1):
        for roles in combinations(Role, count):
            held = frozenset(role.value for role in roles)
            person = Principal(uuid4(), uuid4(), held, True, False)
            assert may_edit(person) == (not held.isdisjoint(CATALOG_EDITORS))
    importing = [route for route in ROUTES if route.path == "/api/v1/products/import"]
    assert {route.roles for route in importing} == {CATALOG_EDITORS}
