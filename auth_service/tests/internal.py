"""What other services present to the paths that are for them alone."""

from auth_service.tests.conftest import INTERNAL_SECRETS


def guarded(secret: str = INTERNAL_SECRETS[0]) -> dict[str, str]:
    """Return the header field that another service presents."""
    return {"Authorization": f"Bearer {secret}"}
