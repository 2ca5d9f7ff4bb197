"""For whom a command does what the API does."""

from uuid import UUID

from mailing_service.accounts.certainty import news_since
from mailing_service.addresses import canonical
from mailing_service.caller import Caller
from mailing_service.mailings.status.owners import has_no_limits
from mailing_service.mailings.submitting import Submitter
from mailing_service.models.accounts import Account
from mailing_service.models.mailings import Mailing
from shared import clock
from shared.access.principal import Principal
from shared.commands.layout import CommandFailed
from shared.values.email_addresses import InvalidIdentifier

NO_SESSION = UUID(int=0)
COMMAND = Caller(user_agent="vitrina mailing")
"""What the audit log shows beside the owner that a command acted for."""


async def find_owner(name: str) -> Account:
    """Return the account of this id or email, which may be quite new; raises CommandFailed."""
    asked_at = clock.now()
    found = await _find(name)
    if found is None and await news_since(asked_at):
        found = await _find(name)
    if found is None:
        raise CommandFailed(f"there is no account {name}.")
    return found


async def _find(name: str) -> Account | None:
    try:
        return await Account.get_or_none(id=UUID(name))
    except ValueError:
        return await _by_email(name)


async def owner_of(mailing_id: int) -> Submitter:
    """Return the owner of a mailing, with the limits that they have; raises CommandFailed."""
    mailing = await Mailing.get_or_none(id=mailing_id, deleted_at=None)
    if mailing is None:
        raise CommandFailed(f"there is no mailing {mailing_id}.")
    account = await Account.get_or_none(id=mailing.owner_id)
    if account is None:
        raise CommandFailed(f"the account of the owner of mailing {mailing_id} is not known.")
    principal = Principal(
        user_id=account.id,
        session_id=NO_SESSION,
        roles=frozenset(account.roles),
        email_verified=True,
        password_change_required=False,
    )
    return Submitter(principal, COMMAND, is_staff=False, has_no_limits=has_no_limits(account))


async def _by_email(name: str) -> Account | None:
    try:
        email = canonical(name)
    except InvalidIdentifier:
        return None
    return await Account.filter(email__iexact=email, erased_at=None).first()
