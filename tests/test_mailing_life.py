"""The script that shows newcomers the life of a mailing does what it says."""

import shutil

import pytest

from testing.background import BackgroundSystem
from testing.life_scripts import walk_through


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
async def test_a_mailing_lives_and_ends_by_curl_alone(system: BackgroundSystem) -> None:
    output = await walk_through(system, "mailing", seconds=180)

    assert output.endswith("# That was a whole life.\n")
