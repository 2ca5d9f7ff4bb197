"""Find an account: by what a person signs in with, or by its id; and say which name is taken."""

from uuid import UUID

from tortoise.exceptions import IntegrityError

from auth_service.errors import EmailTaken, PhoneTaken, RoleNotYetAvailable
from auth_service.fields.identifiers import canonical_login
from auth_service.models import User
from shared.errors import ServiceError, Unauthorized

_TAKEN: dict[str, type[ServiceError]] = {
    "users_email_key": EmailTaken,
    "users_phone_key": PhoneTaken,
}


async def find_by_login(login: str) -> User | None:
    """Return whom an email or a phone names, in whatever spelling a person uses."""
    name = canonical_login(login)
    if name is None:
        return None
    kind, value = name
    return await User.filter(**{kind: value}).get_or_none()


async def read(user_id: UUID) -> User:
    """Return the account that an access token was issued for; raises Unauthorized if it is gone."""
    user = await User.get_or_none(id=user_id, is_active=True)
    if user is None:
        raise Unauthorized("no_such_user")
    return user


def taken(error: IntegrityError) -> Exception:
    """Tell by the violated constraint's name which identifier is taken."""
    known = _TAKEN.get(_constraint(error))
    return known() if known else error


def refused_role(error: IntegrityError) -> Exception:
    """Tell whether the database does not know a role yet: migrations widen that last."""
    return RoleNotYetAvailable() if _constraint(error) == "users_roles_known" else error


def _constraint(error: IntegrityError) -> str:
    return str(getattr(error.args[0], "constraint_name", None))
