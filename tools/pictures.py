"""Take the pictures of docs/pictures: `python -m tools.pictures` looks at what `make demo` makes.

Fonts are those of the machine: with Debian's fonts-paratype and fonts-roboto-unhinted pages look
as they do for most people.
"""

import asyncio
import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image

from standalone.demo import articles, mailings, people, shop
from standalone.demo.client import Client
from standalone.settings import StandaloneSettings
from testing.browser.site import Member, Role, Site, new_site
from testing.browser.tab import Look, Tab, opened
from testing.people import PASSWORD, Person

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "docs/pictures"
WIDTH: Final = 1280
HEIGHT: Final = 960
COLOURS: Final = 255
DESK: Final = Look("en", WIDTH, "light")
PHONE: Final = Look("ru", 390, "dark")
PAPER: Final = (228, 222, 212)
"""What is seen between phones."""


class Picture(NamedTuple):
    """What a picture is called, who looks, at which addresses side by side, how."""

    name: str
    role: Role
    paths: tuple[str, ...]
    look: Look = DESK


PICTURES: Final = (
    Picture("audit", "admin", ("/admin/audit/",)),  # before looking on adds events to it
    Picture("first-steps", "admin", ("/admin/first-steps/",)),
    Picture("manage", "manager", ("/products/manage/",)),
    Picture("home", "user", ("/",)),
    Picture("phone", "user", ("/products/{product}/", "/cart/", "/order/{order}/"), PHONE),
    Picture("products", "user", ("/products/?view=tiles",)),
    Picture("sums", "manager", ("/orders/sums/",)),
    Picture("approval", "manager", ("/sending/{waiting}/",)),
    Picture("statistics", "user", ("/sending/{sent}/statistics/",)),
    Picture("draft", "blog_manager", ("/draft/{article}/update/",)),
)


def fill(settings: StandaloneSettings) -> None:
    """Do what `make demo` does, with the password of tests."""
    with Client(settings.url("gateway")) as client:
        people.register_all(client, settings, PASSWORD)
        shop.order(client)
        articles.write(client)
        mailings.send(client)


async def get_to_know(site: Site) -> None:
    """Learn who is there, and the ids of what they have."""
    for member in people.PEOPLE:
        about = (await site.shop.get("/api/v1/users/me", member.token)).raise_for_status().json()
        person = Person(member.email, member.phone, member.full_name)
        found = Member(person, about["id"], member.token or "", about["language"], {})
        site.members[member.role] = found
    found_at: tuple[tuple[str, Role, str], ...] = (
        ("product", "user", "/products"),
        ("order", "user", "/orders"),
        ("waiting", "user", "/mailings?status=awaiting_approval"),
        ("sent", "user", "/mailings?status=finished_with_errors"),
        ("article", "blog_manager", "/drafts?q=green"),
    )
    for name, role, path in found_at:
        site.things[name] = str((await site.ask(role, "GET", path))["items"][0]["id"])


async def seen(site: Site, picture: Picture) -> list[Image.Image]:
    """Return what a window shows at each of the addresses."""
    state = await site.state(picture.role, picture.look.language)
    views: list[Image.Image] = []
    async with opened(site.browser, site.url, picture.look, state=state) as tab:
        await tab.page.set_viewport_size({"width": picture.look.width, "height": HEIGHT})
        for path in picture.paths:
            await tab.open(path.format_map(site.things))
            await _loaded(tab)
            views.append(Image.open(io.BytesIO(await tab.page.screenshot())))
    return views


async def _loaded(tab: Tab) -> None:
    """Wait for what a page loads only once it is seen."""
    for late in await tab.page.locator("iframe, img[loading=lazy]").all():
        await late.scroll_into_view_if_needed()
        await tab.page.wait_for_load_state("networkidle")
    await tab.page.evaluate("scrollTo(0, 0)")


def joined(views: list[Image.Image]) -> Image.Image:
    """Return views of one height beside each other, in few colours: a quarter of the bytes."""
    whole = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    gap = (WIDTH - sum(view.width for view in views)) // max(len(views) - 1, 1)
    left = 0
    for view in views:
        whole.paste(view, (left, 0))
        left += view.width + gap
    return whole.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


async def take(folder: Path, names: Iterable[str]) -> None:
    """Take those of these names, or all of them."""
    wanted = [picture for picture in PICTURES if picture.name in names] or PICTURES
    async with new_site() as site:
        await asyncio.to_thread(fill, site.system.settings)
        await get_to_know(site)
        for picture in wanted:
            joined(await seen(site, picture)).save(folder / f"{picture.name}.png", optimize=True)


def main(arguments: list[str]) -> int:
    """Take the pictures whose names are given, or all; return the exit status."""
    FOLDER.mkdir(exist_ok=True)
    asyncio.run(take(FOLDER, arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
