"""The list of decisions names each record by its title, and accounts for each number."""

import re
from pathlib import Path

import pytest

from standalone.settings import ROOT

FOLDER = ROOT / "docs/decisions"
LINE = re.compile(r"(?m)^- (?:\[(\d+)\. (.+)\]\((.+)\)|(\d+): this number was never used\.)$")


def test_the_list_has_every_record_by_its_title() -> None:
    listed = {
        name: (int(number), title)
        for number, title, name, _ in LINE.findall((FOLDER / "README.md").read_text())
        if name
    }
    records = {}
    for file in FOLDER.glob("[0-9]*.md"):
        title = re.match(r"# (\d+)\.? (.+)\n", file.read_text())
        assert title is not None, file.name
        assert int(file.name[:4]) == int(title[1])
        records[file.name] = (int(title[1]), title[2])

    assert listed == records


def test_the_numbers_rise() -> None:
    """A gap is a record that is still being written; none comes twice."""
    found = LINE.findall((FOLDER / "README.md").read_text())
    numbers = [int(number or unused) for number, _, _, unused in found]
    assert numbers == sorted(set(numbers))


LAYOUT = ["Context", "Decision", "Consequences", "Turned down"]


@pytest.mark.parametrize("file", sorted(FOLDER.glob("[0-9]*.md")), ids=lambda file: file.name[:4])
def test_each_record_has_the_one_layout(file: Path) -> None:
    headings = re.findall(r"(?m)^## (.+)$", file.read_text())
    assert [heading for heading in headings if heading in LAYOUT] == LAYOUT


def test_own_wheels_are_where_the_table_says() -> None:
    table = (FOLDER / "0005-own-upstream-client.md").read_text().partition("## Own wheels")[2]
    rows = re.findall(r"(?m)^\| (?!own|---)(.+?) \|", table)
    places = [place for row in rows for place in re.findall(r"`(\w+/[\w/.]+)`", row)]
    assert len(places) >= len(rows)
    assert [place for place in places if not (ROOT / place).exists()] == []
