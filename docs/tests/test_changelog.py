"""What runs has an entry in CHANGELOG.md, in the form of Keep a Changelog."""

import re
from datetime import date

from shared.version import VERSION
from standalone.settings import ROOT

HEADINGS = re.findall(r"(?m)^## (.+)$", (ROOT / "CHANGELOG.md").read_text())


def test_the_newest_version_is_the_one_that_runs() -> None:
    assert HEADINGS[0] == "[Unreleased]"
    version, _, day = HEADINGS[1].partition(" - ")
    assert version == f"[{VERSION}]"
    assert date.fromisoformat(day)
