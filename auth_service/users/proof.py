"""Before something important is changed, the one who asks proves that he knows the password."""

from auth_service.caller import Caller
from auth_service.crypto.passwords import PasswordHasher
from auth_service.errors import WrongPassword
from auth_service.limits import BY_ACCOUNT, BY_ADDRESS, Bucket, admit, forgive, give_back
from auth_service.models import User
from auth_service.users.service import read
from shared.addresses import subnet
from shared.principal import Principal


async def prove_password(
    principal: Principal, password: str, *, caller: Caller, hasher: PasswordHasher
) -> User:
    """Return the account if `password` is its own; raises WrongPassword or TooManyTries.

    Tries are counted by session, so that a stolen one cannot close the account to its owner.
    """
    user = await read(principal.user_id)
    session = Bucket(f"password:session:{principal.session_id}", BY_ACCOUNT)
    address = Bucket(f"sign-in:address:{subnet(caller.address)}", BY_ADDRESS)
    await admit(session, address)
    if not (await hasher.verify(password, user.password_hash)).is_valid:
        raise WrongPassword
    await forgive(session.key)
    await give_back(address.key)
    return user
