"""Forms of other sites are refused by what browsers say of a request (Fetch Metadata).

No tokens: as `http.CrossOriginProtection` of Go does it.
"""

from typing import Final

from starlette.datastructures import Headers

from web_service.errors import ForeignForm

_SAFE: Final = frozenset({"GET", "HEAD"})


def require_same_origin(method: str, headers: Headers) -> None:
    """Refuse a method that changes something, unless a page of ours made the request.

    Browsers say so in Sec-Fetch-Site; where one says nothing (plain HTTP in a local network), its
    Origin must be the scheme and host that the gateway was reached by. Raises ForeignForm.
    """
    if method in _SAFE:
        return
    site = headers.getlist("sec-fetch-site")
    if site:
        if site == ["same-origin"]:
            return
        raise ForeignForm
    origin = headers.getlist("origin")
    if len(origin) != 1 or origin[0].lower() != _own_origin(headers):
        raise ForeignForm


def _own_origin(headers: Headers) -> str:
    scheme = headers.get("x-forwarded-proto", "http")
    host = headers.get("x-forwarded-host") or headers.get("host", "")
    default = ":443" if scheme == "https" else ":80"
    return f"{scheme}://{host.lower().removesuffix(default)}"
