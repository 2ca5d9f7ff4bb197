"""Use cases of a link that lets a new device sign in: ask for it, and use it once.

A person who reads the account's email may try the password where strangers have used up what may be
tried. The link is bound to no device: one that a stranger asked for serves the owner as well, so
that strangers who ask cannot be in the way either.
"""

from tortoise.transactions import in_transaction

from auth_service.accounts import devices
from auth_service.accounts.confirmations import Confirmations, Purpose
from auth_service.audit.service import Event, record_about
from auth_service.caller import Caller
from auth_service.email_requests import requests
from auth_service.email_requests.requests import Asked
from auth_service.errors import InvalidLink
from auth_service.limits.buckets import BY_ADDRESS, Bucket, admit
from auth_service.sign_in_links.schemas import DeviceRead
from auth_service.verification.sending import LINK_REQUESTS
from shared.values.addresses import subnet


async def request_link(login: str, *, caller: Caller, confirmations: Confirmations) -> None:
    """Write down that a link is asked for, whomever `login` names; raises TooManyTries."""
    await admit(Bucket(f"sign-in-link:address:{subnet(caller.address)}", LINK_REQUESTS))
    asked = Asked(login, caller, Purpose.SIGN_IN.value)
    await requests.put(asked, box=confirmations.outbox.box)


async def let_in(token: str, *, caller: Caller, confirmations: Confirmations) -> DeviceRead:
    """Use up the token of a link; return what lets a device sign in.

    Only tokens that are not right are counted: nobody guesses one. Raises InvalidLink or
    TooManyTries.
    """
    device = await _use(token, caller, confirmations)
    if device is None:
        await admit(Bucket(f"link:address:{subnet(caller.address)}", BY_ADDRESS))
        await record_about(Event.SIGN_IN_LINK_USED, None, caller, succeeded=False)
        raise InvalidLink
    return DeviceRead(device_token=device.token, expires_in=int(devices.LET_IN_FOR.total_seconds()))


async def _use(
    token: str, caller: Caller, confirmations: Confirmations
) -> devices.KnownDevice | None:
    async with in_transaction():
        used = await confirmations.use_token(token, Purpose.SIGN_IN)
        if used is None:
            return None
        confirmation, user = used
        if user.email != confirmation.email:
            return None
        await record_about(Event.SIGN_IN_LINK_USED, user, caller, succeeded=True)
        return await devices.let_in(user.id)
