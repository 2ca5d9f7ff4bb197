"""What people at one address may cause in an hour: accounts, and emails to whomever they name."""

from dataclasses import dataclass
from datetime import timedelta

from auth_service.caller import Caller
from auth_service.limits.buckets import Bucket, Limit, admit
from shared.values.addresses import subnet

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LimitsByAddress:
    """So many in a burst, and as many again in an hour; 0 bounds nothing."""

    registrations: int
    emails: int

    async def admit_registration(self, caller: Caller) -> None:
        """Count an account and its first email; raises TooManyTries."""
        await _admit(caller, registrations=self.registrations, emails=self.emails)

    async def admit_email(self, caller: Caller) -> None:
        """Count an email that is asked for, whether or not one is sent; raises TooManyTries."""
        await _admit(caller, emails=self.emails)


async def _admit(caller: Caller, **an_hour: int) -> None:
    place = subnet(caller.address)
    await admit(
        *(
            Bucket(f"{what}:address:{place}", Limit(burst=most, interval=_HOUR / most))
            for what, most in an_hour.items()
            if most
        )
    )
