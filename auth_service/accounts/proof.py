"""Before something important is changed, the person proves to know the password."""

from auth_service.accounts.lookup import read
from auth_service.crypto.passwords import HashQueueFull, PasswordHasher
from auth_service.errors import WrongPassword
from auth_service.limits.buckets import BY_SESSION, Bucket, trying
from auth_service.models import User
from shared.access.principal import Principal


async def prove_password(principal: Principal, password: str, *, hasher: PasswordHasher) -> User:
    """Return the account if `password` is its own; raises WrongPassword or TooManyTries.

    Tries are counted by session, and not by address: nobody else's guesses are in the way.
    """
    user = await read(principal.user_id)
    session = Bucket(f"password:session:{principal.session_id}", BY_SESSION)
    async with trying(session) as this_try:
        try:
            verification = await hasher.verify(password, user.password_hash)
        except HashQueueFull:
            this_try.give_back()
            raise
        if not verification.is_valid:
            raise WrongPassword
        this_try.give_back()
    return user
