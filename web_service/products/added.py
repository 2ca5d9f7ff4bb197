"""What the next page says beside a product that was put into the cart."""

from dataclasses import dataclass
from typing import Self

from web_service.pages.page import Page

_PREFIX = "cart-"


@dataclass(frozen=True, slots=True)
class Added:
    """The products that were just put into the cart, each with what is to be said of it."""

    texts: dict[str, str]

    @classmethod
    async def note(cls, page: Page, product_id: int, text: str) -> None:
        """Have the next page say `text` beside the product, or above all where it has none."""
        await page.notice(text, level=f"{_PREFIX}{product_id}")

    @classmethod
    def taken(cls, page: Page) -> Self:
        """Take them out of the notices of a page that says them itself."""
        taken = [said for said in page.notices if said[0].startswith(_PREFIX)]
        page.notices = [said for said in page.notices if said not in taken]
        return cls({level.removeprefix(_PREFIX): text for level, text in taken})

    def of(self, product_id: int) -> str | None:
        """Return what is to be said of a product, if anything."""
        return self.texts.get(str(product_id))
