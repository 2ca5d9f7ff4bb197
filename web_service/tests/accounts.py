"""What auth says, by the scripted gateway, and what tests ask of a page."""

import re
from html import unescape
from typing import Any

import httpx2

from testing.tokens import access_token
from web_service.tests.conftest import person
from web_service.tests.fake_gateway import FakeGateway

LOGIN = "/api/v1/auth/login"
LOGOUT = "/api/v1/auth/logout"
ME = "/api/v1/users/me"
DEVICE_TOKEN = "d" * 43


def lets_in(gateway: FakeGateway, **changes: object) -> dict[str, Any]:
    """Have the gateway let somebody in; return who it is."""
    somebody = person(**changes)
    pair = {
        "access_token": access_token(sub=somebody["id"], roles=somebody["roles"]),
        "refresh_token": "another-refresh-token",
        "token_type": "Bearer",
        "expires_in": 900,
        "device_token": DEVICE_TOKEN,
    }
    gateway.on("POST", LOGIN, pair)
    gateway.on("GET", ME, somebody)
    gateway.on("POST", LOGOUT, status=204)
    return somebody


def text_of(response: httpx2.Response) -> str:
    """Return what a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def heading_of(response: httpx2.Response) -> str:
    """Return the one heading of a page."""
    (heading,) = re.findall(r"<h1[^>]*>(.*?)</h1>", response.text, re.DOTALL)
    return unescape(heading).strip()


def set_cookies(response: httpx2.Response) -> dict[str, str]:
    """Return the cookies that a response sets, each with its attributes, in lower case."""
    values = response.headers.get_list("set-cookie")
    return {value.partition("=")[0]: value.partition("=")[2].lower() for value in values}
