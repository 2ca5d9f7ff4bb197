"""The emails that people ask for by a name: what is done for each request that waits."""

from functools import partial

from auth_service.accounts.confirmations import Confirmations, Purpose
from auth_service.email_requests import password_resets, requests, sign_in_links
from auth_service.email_requests.requests import Asked

_WORK = {
    Purpose.RESET_PASSWORD.value: password_resets.send_link,
    Purpose.SIGN_IN.value: sign_in_links.send_link,
}


async def send(confirmations: Confirmations) -> int:
    """Write the emails for all requests that wait; return how many there were."""
    work = partial(_send, confirmations=confirmations)
    return await requests.work_off(work, box=confirmations.outbox.box)


async def _send(asked: Asked, *, confirmations: Confirmations) -> None:
    await _WORK[asked.purpose](asked, confirmations=confirmations)
