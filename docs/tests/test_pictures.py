"""The pictures of the pages: each is shown somewhere, says in words what it shows, and is small."""

import re

from standalone.settings import ROOT
from tools.pictures import PICTURES

FOLDER = ROOT / "docs/pictures"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SHOWN = [
    (alt, (page.parent / path).resolve())
    for page in PAGES
    for alt, path in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
]
MOST_BYTES = 1_200_000
"""Of all of them: everybody who clones takes them along."""


def test_every_picture_is_there_and_every_page_shows_only_these() -> None:
    there = set(FOLDER.iterdir())
    assert {file for _, file in SHOWN} == there
    assert {FOLDER / f"{picture.name}.png" for picture in PICTURES} == there


def test_ten_pictures_are_in_the_readme_and_in_the_tour() -> None:
    for page in (ROOT / "README.md", ROOT / "docs/tour.md"):
        assert len(re.findall(r"pictures/[\w-]+\.png", page.read_text(encoding="utf-8"))) == 10


def test_every_picture_says_in_words_what_it_shows() -> None:
    assert [file.name for alt, file in SHOWN if len(alt.split()) < 3] == []


def test_all_together_are_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) <= MOST_BYTES
