"""Every test and measurement that docs/mailing.md names is there."""

import re

from docs.tests.naming import names_of_functions
from standalone.settings import ROOT

DOCUMENT = (ROOT / "docs/mailing.md").read_text()
ROWS = re.findall(r"(?m)^\| M(\d+) \| (.*) \| (.*) \| (.*) \|$", DOCUMENT)
LEFT_OUT = {"37", "45", "47"}
"""What this service was never to have, or not yet."""


def test_there_are_forty_seven_and_each_is_shown_by_something_or_left_out() -> None:
    assert [int(number) for number, *_ in ROWS] == list(range(1, 48))
    for number, _, held_by, shown_by in ROWS:
        if number in LEFT_OUT:
            assert (held_by.split()[:2], shown_by) == (["left", "out:"], "–"), number
            continue
        assert re.fullmatch(r"`[^`]+`(, `[^`]+`)*", shown_by), number
        for name in re.findall(r"`([^`]+)`", shown_by):
            assert re.fullmatch(r"[\w/]+\.py::test_\w+|python -m bench\.\w+", name), name


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", DOCUMENT)
    assert len(named) == DOCUMENT.count(".py::") > len(ROWS)
    for file, test in named:
        assert test in names_of_functions(ROOT / file), f"{file}::{test}"


def test_every_measurement_that_is_named_exists() -> None:
    for name in re.findall(r"python -m bench\.(\w+)", DOCUMENT):
        assert '__name__ == "__main__"' in (ROOT / "bench" / f"{name}.py").read_text()
