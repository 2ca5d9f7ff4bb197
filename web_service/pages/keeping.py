"""When a form is kept, and when it is shown again: the steps of `kept_forms` on a page's way."""

from contextlib import suppress
from typing import Final

from shared.database.connection import UNAVAILABLE
from shared.secret_box import SecretBox
from web_service.errors import PageFailure, SignInFirst
from web_service.pages import kept_forms
from web_service.pages.page import Page
from web_service.pages.routes import PageRoute

_FIRST_REFUSAL: Final = 400


class FormKeeper:
    """Keeps the forms of pages that can show them: whose own address answers GET, too."""

    def __init__(self, box: SecretBox) -> None:
        """Seal with `box`."""
        self._box = box
        self._readable: set[str] = set()

    def add(self, route: PageRoute) -> None:
        """Know an address and its method."""
        if route.method == "GET":
            self._readable.add(route.path)

    async def keep(self, page: Page, route: PageRoute, failure: PageFailure) -> None:
        """Keep the form that a page was sent, if `failure` is that its session has ended."""
        is_over = failure.status == SignInFirst.status
        is_readable = route.path in self._readable
        if route.method != "POST" or route.is_upload or not is_over or not is_readable:
            return
        with suppress(PageFailure, *UNAVAILABLE):
            page.goes_on_at = await self._kept(page)

    async def _kept(self, page: Page) -> str:
        path, query = page.request.url.path, page.request.query_params.multi_items()
        form = await page.form()
        user_id = kept_forms.owner_of(form, self._box)
        if user_id is None and page.session is not None:
            user_id = page.session.user_id
        if user_id is None:
            return page.path
        value = await kept_forms.keep(form, path.rstrip("/"), user_id=user_id, box=self._box)
        return page.path if value is None else kept_forms.address(path, query, value)

    async def find(self, page: Page) -> None:
        """Give a page what its reader had typed on it, if its address says so."""
        value = page.request.query_params.get(kept_forms.PARAMETER)
        if value and page.session is not None and page.request.method == "GET":
            path = page.request.url.path.rstrip("/")
            user_id = page.session.user_id
            page.kept = await kept_forms.find(value, path, user_id=user_id, box=self._box)

    async def forget(self, page: Page, status: int) -> None:
        """Forget what the page has shown."""
        if page.kept is not None and page.kept.is_shown and status < _FIRST_REFUSAL:
            await kept_forms.forget(page.kept)
