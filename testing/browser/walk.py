"""Somebody who walks through pages, and leaves a picture of each step where one wants them."""

import asyncio
import os
import re
from pathlib import Path

from testing.browser.forms import fill, press
from testing.browser.site import Site
from testing.browser.tab import Tab
from testing.people import PASSWORD, Person
from web_service.languages.translations import translations

PICTURES = os.environ.get("JOURNEY_PICTURES")
"""A folder where each step leaves a picture, if it is set."""


class Walk:
    """Somebody at a browser, who reads and writes the language of their look."""

    def __init__(self, tab: Tab, site: Site, name: str) -> None:
        self.tab = tab
        self.site = site
        self.reads(tab.look.language)
        self._name = name
        self._steps = 0

    async def fill(self, **values: str | bool | Path) -> None:
        """Fill in fields, by their English labels with `_` for spaces."""
        labels = {self.say(label.replace("_", " ")): value for label, value in values.items()}
        await fill(self.tab.page, labels)

    async def press(self, text: str) -> None:
        """Press a button."""
        await press(self.tab.page, self.say(text))
        await self.picture()

    async def go(self, path: str) -> None:
        """Go to an address."""
        await self.tab.open(path)
        await self.picture()

    async def sees(self, text: str) -> None:
        """Insist that the page says this."""
        assert text in await self.tab.page.inner_text("main")

    def reads(self, language: str) -> None:
        """Expect pages in this language from now on."""
        self.say = translations(language).gettext

    async def chooses_their_language(self) -> None:
        """Press the button of the language of their look, below each page."""
        await self.tab.page.click(f'button[name="language"][value="{self.tab.look.language}"]')
        self.reads(self.tab.look.language)

    async def comes_to_see(self, path: str, text: str) -> None:
        """Go to an address again and again until the page says this, at most for 15 seconds."""
        async with asyncio.timeout(15):
            while True:
                await self.tab.open(path)
                if text in await self.tab.page.inner_text("main"):
                    return await self.picture()
                await asyncio.sleep(0.5)

    async def picture(self) -> None:
        """Leave a picture of this step."""
        self._steps += 1
        if PICTURES:
            name = f"{self._name}-{self.tab.look}-{self._steps:02}.png"
            await self.tab.page.screenshot(path=Path(PICTURES) / name, full_page=True)

    async def register(self) -> Person:
        """Register as somebody new, and confirm the address by the link of the email."""
        person = Person(full_name="Анна <b>Каренина</b>")
        await self.go("/users/register/")
        await self.fill(
            Name=person.full_name,
            Email=person.email,
            Phone=person.phone,
            Password=PASSWORD,
            Password_again=PASSWORD,
        )
        await self.press("Create an account")
        [email, *_] = await self.site.emails(person.email)
        link = re.search(r"http://[^/]+(/confirm\S+)", email["text"])
        assert link is not None
        await self.tab.page.goto(self.tab.url + link[1])
        assert self.tab.path == "/confirm"  # the token has left the address
        await self.press("Confirm")
        return person
