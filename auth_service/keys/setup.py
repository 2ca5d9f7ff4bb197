"""The store of signing keys as the settings want it."""

from auth_service.keys.service import KeyPolicy, KeyStore
from auth_service.settings import AuthSettings
from shared.secret_box import SecretBox


def key_store(settings: AuthSettings) -> KeyStore:
    """Return the store that the running service and the command line share."""
    policy = KeyPolicy(
        rotation_interval=settings.key_rotation_interval,
        published_ahead=settings.key_published_ahead,
        access_token_lifetime=settings.access_token_lifetime,
    )
    box = SecretBox([secret.get_secret_value() for secret in settings.secrets])
    return KeyStore(box, policy)
