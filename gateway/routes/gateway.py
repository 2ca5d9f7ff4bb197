"""What the gateway serves itself."""

from typing import Final

from gateway.route import Access, Route
from shared.access.tokens import Role

GATEWAY: Final = "gateway"

OPEN = Access.OPEN

DOCS = (
    Route("GET", "/", GATEWAY, OPEN),  # leads there, unless it is the web service's home page
    Route("GET", "/docs", GATEWAY, OPEN),
    Route("GET", "/docs/{asset}", GATEWAY, OPEN),
    Route("GET", "/openapi.json", GATEWAY, OPEN),
)
"""What shows the API, which a setting switches off."""

ADMINS = frozenset({Role.ADMIN})

ROUTES = (
    *DOCS,
    Route("GET", "/health/live", GATEWAY, OPEN),
    Route("GET", "/health/ready", GATEWAY, OPEN),
    Route("GET", "/api/v1/health", GATEWAY, roles=ADMINS, verified=False),
)
