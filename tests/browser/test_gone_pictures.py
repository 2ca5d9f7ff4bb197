"""An article whose picture is gone: it reads well, and says what the picture showed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from testing.browser.accessibility import overflow, violations
from testing.browser.site import Site
from testing.browser.tab import DESK, Look
from tests.browser.conftest import OpenTab

LINES = 100
"""Pixels: a few lines of text, and no frame of the size that the picture had."""


@contextmanager
def gone(files: list[Path]) -> Iterator[None]:
    """Take files away for a while."""
    kept = {file: file.read_bytes() for file in files}
    for file in files:
        file.unlink()
    try:
        yield
    finally:
        for file, content in kept.items():
            file.write_bytes(content)


@pytest.mark.browser
@pytest.mark.parametrize("look", [DESK, Look("ru", 320, "dark", scripts=False)], ids=str)
async def test_the_text_of_a_cover_stands_in_its_place(
    site: Site, things: dict[str, str], open_tab: OpenTab, look: Look
) -> None:
    path = f"/articles/{things['article']}"
    cover = (await site.shop.get(f"/api/v1{path}")).json()["cover"]
    names = [source["url"].rpartition("/")[2] for source in cover["sources"]]
    with gone([site.system.settings.folders["pictures"] / name for name in names]):
        tab = await open_tab("nobody", "/terms/", look)
        tab.problems.expected.add(404)
        await tab.open(f"{path}/")
        box = await tab.page.get_by_role("img", name=cover["alt"]).bounding_box()
        assert box is not None
        assert 0 < box["height"] < LINES
        assert await tab.page.locator(".neighbours a").first.is_visible()
        assert await overflow(tab.page) == []
        if look.scripts:
            assert await violations(tab.page) == []
