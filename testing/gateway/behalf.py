"""The field by which the web service says for whom it asks."""

SECRET = "what-the-web-service-presents-to-the-gateway"
SECRET_BEFORE = "what-it-presented-before-that-was-changed"
FIELD = "Vitrina-On-Behalf-Of"


def on_behalf_of(address: str, scheme: str = "https", *, secret: str = SECRET) -> str:
    """Write it."""
    return f"{FIELD}: {secret} {address} {scheme}"
