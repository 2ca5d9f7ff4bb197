"""The pages of the gateway itself."""

from typing import Final

from gateway.route import Access, Route

GATEWAY: Final = "gateway"

OPEN = Access.OPEN

DOCS = (
    Route("GET", "/", GATEWAY, OPEN),  # leads there, unless it is the web service's home page
    Route("GET", "/docs", GATEWAY, OPEN),
    Route("GET", "/docs/{asset}", GATEWAY, OPEN),
    Route("GET", "/openapi.json", GATEWAY, OPEN),
)
"""What shows the API, which a setting switches off."""

ROUTES = (
    *DOCS,
    Route("GET", "/health/live", GATEWAY, OPEN),
    Route("GET", "/health/ready", GATEWAY, OPEN),
)
