"""What a person confirms with a code or a link from an email: made, used once, made void.

A change of a person's confirmations locks the person first: so nobody waits in a circle, and
of several concurrent ones exactly one wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from tortoise.expressions import F

from auth_service.crypto.codes import CodeDigester, new_code, new_link_token
from auth_service.limits.by_address import LimitsByAddress
from auth_service.mail.outbox import Outbox
from auth_service.models import Confirmation, User
from shared import clock
from shared.database.batches import delete_in_batches

CODE_LIFETIME = timedelta(minutes=10)
CODE_TRIES = 5
MAX_CODES = 50
"""Codes of one person that are looked at; of older ones none is open."""


class Purpose(StrEnum):
    """What a confirmation is good for, and nothing else."""

    VERIFY_EMAIL = "verify_email"
    CHANGE_EMAIL = "change_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose
    SIGN_IN = "sign_in"


EMAIL_PURPOSES = (Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL)

LINK_LIFETIMES = {
    Purpose.VERIFY_EMAIL: timedelta(hours=24),
    Purpose.CHANGE_EMAIL: timedelta(hours=24),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.SIGN_IN: timedelta(minutes=10),
}
LINK_PATHS = {
    Purpose.VERIFY_EMAIL: "/confirm",
    Purpose.CHANGE_EMAIL: "/confirm",
    Purpose.RESET_PASSWORD: "/reset",
    Purpose.SIGN_IN: "/sign-in-link",
}
"""Pages of the web service, or of another front end."""


@dataclass(frozen=True, slots=True)
class CodeUse:
    """The confirmation that a code has used up, with its person, if it was right.

    `is_old` says that it was right once, so that nobody was guessing.
    """

    used: tuple[Confirmation, User] | None
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class Confirmations:
    """Makes confirmations and writes the emails that bring them.

    Links begin with `links_url`, whatever a request says about its host.
    """

    digester: CodeDigester
    outbox: Outbox
    links_url: str
    by_address: LimitsByAddress

    async def issue(self, user: User, purpose: Purpose, *, email: str) -> dict[str, str]:
        """Add a confirmation; return what its email must say: `link`, and `code` if it has one.

        The caller has made or locked `user` in this transaction.
        """
        confirmation_id, now = uuid4(), clock.now()
        code, token = new_code(), new_link_token()
        has_code = purpose in EMAIL_PURPOSES
        bound_to = _code_binding(purpose, user.id, confirmation_id)
        await Confirmation.create(
            id=confirmation_id,
            user_id=user.id,
            purpose=purpose.value,
            email=email,
            code_digest=self.digester.digest(code, *bound_to) if has_code else None,
            code_expires_at=now + CODE_LIFETIME if has_code else None,
            tries_left=CODE_TRIES if has_code else 0,
            token_digest=self.digester.digest(token, purpose.value),
            token_expires_at=now + LINK_LIFETIMES[purpose],
            created_at=now,
        )
        link = f"{self.links_url}{LINK_PATHS[purpose]}?token={token}"
        return {"link": link, "code": code} if has_code else {"link": link}

    async def use_code(self, user_id: UUID, code: str) -> "CodeUse":
        """Use up the confirmation of an email that has this code; call it in a transaction.

        Each email's code is good for its own time. One that fits none is a try at all that are
        open; one that is only too old is none.
        """
        user = await lock_user(user_id)
        sent = await _newest_codes(user_id)
        fitting = [one for one in sent if self._fits(code, one)]
        usable = next((one for one in fitting if _is_open(one)), None)
        if user is not None and usable is not None and await _use(usable):
            return CodeUse((usable, user))
        if not fitting:
            await _take_a_try(sent)
        return CodeUse(None, is_old=any(_is_over(one) for one in fitting))

    def _fits(self, code: str, confirmation: Confirmation) -> bool:
        bound_to = _code_binding(
            Purpose(confirmation.purpose), confirmation.user_id, confirmation.id
        )
        return self.digester.fits(code, confirmation.code_digest or "", *bound_to)

    async def find(self, token: str, *purposes: Purpose) -> Confirmation | None:
        """Return the confirmation that a link token opens and nobody has used, if it is in time."""
        digests = [
            digest for purpose in purposes for digest in self.digester.digests(token, purpose.value)
        ]
        return await Confirmation.filter(
            token_digest__in=digests,
            purpose__in=purposes,
            used_at=None,
            token_expires_at__gt=clock.now(),
        ).first()

    async def use_token(self, token: str, *purposes: Purpose) -> tuple[Confirmation, User] | None:
        """Use up the confirmation that a link token opens; None where it opens none any more."""
        found = await self.find(token, *purposes)
        user = await lock_user(found.user_id) if found else None
        if found is None or user is None:
            return None
        return (found, user) if await _use(found) else None


async def lock_user(user_id: UUID) -> User | None:
    """Keep all others from changing this person and the confirmations until the transaction ends.

    None if the account is blocked or gone.
    """
    return await User.filter(id=user_id, is_active=True).select_for_update().get_or_none()


async def make_void(user_id: UUID, *purposes: Purpose, but_email: str | None = None) -> None:
    """End what this person has not confirmed yet; the caller has changed or locked them.

    `but_email`: what was sent to this address stays. The rows stay, so that a code that was right
    once is distinguished from a guess.
    """
    pending = Confirmation.filter(user_id=user_id, purpose__in=purposes, used_at=None)
    await (pending if but_email is None else pending.exclude(email=but_email)).update(
        used_at=clock.now()
    )


async def forget_old() -> int:
    """Remove confirmations that can no longer be used; return how many."""
    longest = max(LINK_LIFETIMES.values())
    old = Confirmation.filter(created_at__lt=clock.now() - longest)
    return await delete_in_batches(old.order_by("created_at"))


def _code_binding(purpose: Purpose, user_id: UUID, confirmation_id: UUID) -> tuple[str, str, str]:
    return purpose.value, str(user_id), str(confirmation_id)


async def _newest_codes(user_id: UUID) -> list[Confirmation]:
    """Return what was sent last with a code, the newest first."""
    sent = Confirmation.filter(user_id=user_id, purpose__in=EMAIL_PURPOSES)
    return await sent.exclude(code_digest=None).order_by("-created_at").limit(MAX_CODES)


def _is_over(confirmation: Confirmation) -> bool:
    """Tell whether the code was used, made void, or has expired."""
    expires_at = confirmation.code_expires_at
    return confirmation.used_at is not None or expires_at is None or expires_at <= clock.now()


def _is_open(confirmation: Confirmation) -> bool:
    return confirmation.tries_left > 0 and not _is_over(confirmation)


async def _take_a_try(sent: Sequence[Confirmation]) -> None:
    """Take a try of each that is open; its person is locked."""
    tried = [one.id for one in sent if _is_open(one)]
    await Confirmation.filter(id__in=tried).update(tries_left=F("tries_left") - 1)


async def _use(confirmation: Confirmation) -> bool:
    unused = Confirmation.filter(id=confirmation.id, used_at=None)
    return bool(await unused.update(used_at=clock.now()))
