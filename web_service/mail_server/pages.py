"""The mail server as a page: whether it takes emails, what waits, and an email to try it with."""

import asyncio
from typing import Any, Final

from starlette.responses import Response

from web_service.errors import ApiRefused
from web_service.mail_server import words
from web_service.messages.states import state_texts
from web_service.pages.access import STAFF
from web_service.pages.listing import number_in
from web_service.pages.page import Page
from web_service.pages.routes import get, post
from web_service.sendings.words import outcomes

MAIL_SERVER: Final = "/api/v1/mail-server"
PATH: Final = "/admin/mail-server/"
_WAITING: Final = frozenset({"pending", "claimed", "sending"})
_ABOUT_ROLES: Final = frozenset({401, 403})


async def show_mail_server(page: Page) -> Response:
    """Show it, and what became of the test email that the address names."""
    sending, test = await asyncio.gather(_read(page), _sent_test(page))
    return page.render(
        "mail_server/mail_server.html",
        sending=sending,
        test=test,
        is_waiting=test is not None and test["state"] in _WAITING,
        states=state_texts(page.gettext),
        test_tones=words.TEST_TONES,
        breakers=words.breakers(page.gettext),
        breaker_tones=words.BREAKER_TONES,
        outcomes=outcomes(page.gettext),
    )


async def send_test(page: Page) -> Response:
    """Send an email to the reader's own address."""
    try:
        test = (await page.api.post(f"{MAIL_SERVER}/test")).data
    except ApiRefused as refused:
        if refused.status in _ABOUT_ROLES:
            raise
        await page.notice(refused.message, "danger")
        return page.redirect(PATH)
    return page.redirect(f"{PATH}?test={int(test['id'])}")


async def _read(page: Page) -> dict[str, Any]:
    sending: dict[str, Any] = (await page.api.get(MAIL_SERVER)).data
    return sending


async def _sent_test(page: Page) -> dict[str, Any] | None:
    test_id = number_in(page.request.query_params.get("test"))
    if test_id is None:
        return None
    try:
        test: dict[str, Any] = (await page.api.get(f"{MAIL_SERVER}/tests/{test_id}")).data
    except ApiRefused:
        return None
    return test


ROUTES = (
    get("/admin/mail-server", show_mail_server, STAFF),
    post("/admin/mail-server/test", send_test, STAFF),
)
