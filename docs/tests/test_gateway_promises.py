"""Every test and measurement that docs/gateway.md names is there."""

import re

from docs.tests.naming import names_of_functions
from standalone.settings import ROOT

DOCUMENT = (ROOT / "docs/gateway.md").read_text()
ROWS = re.findall(r"(?m)^\| (\d+) \|.*\| (.*) \|$", DOCUMENT)


def test_there_are_twenty_two_and_each_is_shown_by_something() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, 23))
    for number, shown in ROWS:
        assert re.fullmatch(r"`[^`]+`(, `[^`]+`)*", shown), number
        for name in re.findall(r"`([^`]+)`", shown):
            assert re.fullmatch(r"[\w/]+\.py::test_\w+|python -m bench\.\w+", name), name


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", DOCUMENT)
    assert len(named) == DOCUMENT.count(".py::")
    for file, test in named:
        assert test in names_of_functions(ROOT / file), f"{file}::{test}"


def test_every_measurement_that_is_named_exists() -> None:
    for name in re.findall(r"python -m bench\.(\w+)", DOCUMENT):
        assert '__name__ == "__main__"' in (ROOT / "bench" / f"{name}.py").read_text()
