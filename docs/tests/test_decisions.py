"""The list of decisions names each record by its title, and accounts for each number."""

import re

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


def test_no_number_is_missing_or_comes_twice() -> None:
    found = LINE.findall((FOLDER / "README.md").read_text())
    numbers = [int(number or unused) for number, _, _, unused in found]
    assert numbers == list(range(1, len(numbers) + 1))
