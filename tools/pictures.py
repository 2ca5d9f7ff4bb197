"""Take the pictures of docs/pictures: `python -m tools.pictures` runs a system and looks at it.

Fonts are those of the machine: with Debian's fonts-paratype and fonts-roboto-unhinted pages look
as they do for most people.
"""

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from testing.browser.site import Role, filled_site
from testing.browser.tab import Look, opened

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "docs/pictures"
DESK: Final = Look("en", 1280, "light")
PHONE: Final = Look("ru", 390, "dark")
PICTURES: Final[tuple[tuple[str, Role, str, Look], ...]] = (
    ("home", "nobody", "/", DESK),
    ("register", "nobody", "/users/register/", PHONE),
    ("products", "user", "/products?view=tiles", DESK),
    ("products-phone", "user", "/products?view=tiles", PHONE),
    ("product", "user", "/products/{product}/", DESK),
    ("cart", "user", "/cart/", DESK),
    ("order", "user", "/order/{order}/", PHONE),
    ("message", "user", "/message/{message}/", DESK),
    ("mailing", "user", "/sending/{sent}/", DESK),
    ("statistics", "user", "/sending/{sent}/statistics", DESK),
    ("approvals", "manager", "/admin/approvals", DESK),
    ("profile", "user", "/users/{user}/", DESK.but(theme="dark")),
)
"""The name of each, who looks, where, and how."""


async def take(folder: Path, names: Iterable[str]) -> None:
    """Take those of these names, or all of them."""
    wanted = [picture for picture in PICTURES if picture[0] in names] or list(PICTURES)
    async with filled_site() as site:
        for name, role, path, look in wanted:
            state = await site.state(role, look.language)
            async with opened(site.browser, site.url, look, state=state) as tab:
                await tab.open(path.format_map(site.things))
                for frame in await tab.page.locator("iframe").all():
                    await frame.scroll_into_view_if_needed()  # or it loads nothing
                    await tab.page.wait_for_load_state("networkidle")
                await tab.page.screenshot(path=folder / f"{name}.png", full_page=True)


def main(arguments: list[str]) -> int:
    """Take the pictures whose names are given, or all; return the exit status."""
    FOLDER.mkdir(exist_ok=True)
    asyncio.run(take(FOLDER, arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
