"""The script that shows newcomers the life of an article does what it says."""

import shutil

import pytest

from testing.background import BackgroundSystem
from testing.life_scripts import walk_through


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
async def test_an_article_lives_and_ends_by_curl_alone(system: BackgroundSystem) -> None:
    output = await walk_through(system, "article", seconds=120)

    assert output.endswith("# That was a whole life.\n")
