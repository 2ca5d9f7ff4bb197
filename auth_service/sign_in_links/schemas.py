"""What a link that lets a new device sign in takes and gives."""

from auth_service.fields.contact import Login
from auth_service.verification.schemas import LinkToken
from shared.values.schemas import Schema


class SignInLinkRequest(Schema):
    """Who wants to sign in at a new device."""

    login: Login


class SignInLinkConfirmation(Schema):
    """The token of the email's link."""

    token: LinkToken


class DeviceRead(Schema):
    """What to present, with the password, at the sign-in within `expires_in` seconds."""

    device_token: str
    expires_in: int
