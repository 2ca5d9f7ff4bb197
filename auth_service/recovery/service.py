"""Use cases of a password: change it."""

from tortoise.expressions import F
from tortoise.transactions import in_transaction

from auth_service.crypto.passwords import PasswordHasher
from auth_service.errors import WrongPassword
from auth_service.models import User
from auth_service.recovery.schemas import PasswordChange
from auth_service.sessions.service import end_sessions
from auth_service.users.service import read
from shared import clock
from shared.authentication import Principal


async def change_password(
    principal: Principal, change: PasswordChange, *, hasher: PasswordHasher
) -> None:
    """Set a new password and end all other sessions; raises WrongPassword.

    Of two changes at once one wins: the other no longer knows the current password.
    """
    user = await read(principal.user_id)
    if not (await hasher.verify(change.current_password, user.password_hash)).is_valid:
        raise WrongPassword
    new_hash = await hasher.hash(change.password)
    async with in_transaction():
        unchanged = User.filter(id=user.id, is_active=True, password_hash=user.password_hash)
        changed = await unchanged.update(
            password_hash=new_hash,
            password_change_required=False,
            token_version=F("token_version") + 1,
            updated_at=clock.now(),
        )
        if not changed:
            raise WrongPassword
        await end_sessions(
            user_id=user.id, id__not=principal.session_id, because="password_changed"
        )
