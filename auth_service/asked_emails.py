"""The emails that people ask for by a name: what is done for each request that waits."""

from functools import partial

from auth_service.recovery import forgotten, requests
from auth_service.recovery.requests import Asked
from auth_service.sign_in_links import service as sign_in_links
from auth_service.verification.confirmations import Confirmations, Purpose

_WORK = {
    Purpose.RESET_PASSWORD.value: forgotten.send_link,
    Purpose.SIGN_IN.value: sign_in_links.send_link,
}


async def send(confirmations: Confirmations) -> int:
    """Write the emails for all requests that wait; return how many there were."""
    work = partial(_send, confirmations=confirmations)
    return await requests.work_off(work, box=confirmations.outbox.box)


async def _send(asked: Asked, *, confirmations: Confirmations) -> None:
    await _WORK[asked.purpose](asked, confirmations=confirmations)
