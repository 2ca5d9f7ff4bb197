"""Where a shop that robots sign up in asks for more: a proof of work, a captcha, an invitation.

`AUTH_REGISTRATION_CHECK` names an async function as `package.module:function`. It is given what
the client sent as the header field `Registration-Proof`, or None, and where the request comes
from; the registration goes on if it returns True, and is a 403 `proof_required` otherwise. It is
called before anything else is done for the registration, once for each.
"""

from collections.abc import Awaitable
from importlib import import_module
from typing import Annotated, Protocol

from fastapi import Depends, Request

from auth_service.caller import Caller
from auth_service.errors import ProofRequired

FIELD = "Registration-Proof"


class RegistrationCheck(Protocol):
    """Decides whether a client may sign up."""

    def __call__(self, proof: str | None, /, *, caller: Caller) -> Awaitable[bool]: ...


def load_check(name: str | None) -> RegistrationCheck:
    """Return the function of this name; raises ValueError with a sentence that says what to do."""
    if name is None:
        return _let_everybody
    module, _, function = name.partition(":")
    try:
        check: RegistrationCheck = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(
            f"AUTH_REGISTRATION_CHECK: {name!r} cannot be imported ({error}); "
            "it must be package.module:function."
        ) from None
    return check


async def require_proof(check: RegistrationCheck, proof: str | None, *, caller: Caller) -> None:
    """Raise ProofRequired where the check does not let this client sign up."""
    if not await check(proof, caller=caller):
        raise ProofRequired


async def _let_everybody(_proof: str | None, /, *, caller: Caller) -> bool:
    del caller
    return True


async def _registration_check(request: Request) -> RegistrationCheck:
    check: RegistrationCheck = request.app.state.registration_check
    return check


SignUpCheck = Annotated[RegistrationCheck, Depends(_registration_check)]
