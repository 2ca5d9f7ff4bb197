"""After a change of rights: a new cookie, new tokens, and the person as auth has them now."""

from contextlib import suppress

from starlette.responses import Response

from web_service.errors import ApiRefused, ApiUnavailable
from web_service.pages.page import Page
from web_service.pages.serving import ME
from web_service.sessions import cookie, service


async def renew(page: Page, response: Response) -> None:
    """Give the browser a new cookie; have the tokens exchanged, so that they say the new rights.

    What does not work now is done with the next page: the change itself is made.
    """
    session = page.person
    await service.expire_access(session)
    with suppress(ApiRefused, ApiUnavailable):
        await service.copy_person(session, (await page.api.get(ME)).data)
    value = await service.change_id(session)
    session.rights_changed = False
    if value is not None:
        cookie.give(response, value, page.settings, remember=session.is_remembered)
