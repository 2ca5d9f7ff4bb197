"""What the gateway shows to developers, without a token and without the internet."""

import json
import re

import pytest

from standalone.settings import ROOT
from testing.operations import may_be_shared, operations
from testing.people import PASSWORD, Person, Shop


async def test_the_front_page_is_the_shop_and_the_docs_have_their_own(shop: Shop) -> None:
    front = await shop.client.get("/")
    assert (front.status_code, "/users/register/" in front.text) == (200, True)
    assert (await shop.client.get("/docs")).status_code == 200


async def test_the_docs_load_nothing_from_elsewhere(shop: Shop) -> None:
    page = await shop.get("/docs")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert assets
    for asset in assets:
        assert asset.startswith("/docs/")
        assert (await shop.get(asset)).status_code == 200


async def test_one_document_describes_both_services(shop: Shop) -> None:
    document = (await shop.get("/openapi.json")).json()
    assert {"/api/v1/auth/register", "/api/v1/users/me", "/api/v1/products"} <= set(
        document["paths"]
    )
    schemes = document["components"]["securitySchemes"].values()
    assert [scheme["flows"]["password"]["tokenUrl"] for scheme in schemes] == ["/api/v1/auth/token"]
    assert not [path for path in document["paths"] if path.startswith("/internal")]


async def test_the_document_is_the_one_that_is_committed(shop: Shop) -> None:
    committed = json.loads((ROOT / "docs" / "openapi" / "gateway.json").read_text())
    shown = (await shop.get("/openapi.json")).json()
    for part in ("paths", "components"):  # what is left says where this shop is, and its currency
        assert shown[part] == committed[part]


async def test_no_response_of_the_api_may_be_kept_for_others(shop: Shop) -> None:
    token = await shop.newcomer_token()
    read = set()
    for method, path in operations((await shop.get("/openapi.json")).json()):
        if path.endswith("/auth/logout") or method == "DELETE":
            continue
        for headers in ({}, {"Authorization": f"Bearer {token}"}):
            for asked in (method, "OPTIONS", "HEAD"):
                answer = await shop.client.request(asked, path, headers=headers)
                assert not may_be_shared(answer.headers), (asked, path, answer.status_code)
                read |= {path} if (asked, answer.status_code) == ("GET", 200) else set()
    assert {"/api/v1/users/me", "/api/v1/auth/sessions", "/api/v1/products", "/api/v1/cart"} <= read


@pytest.mark.parametrize(
    "path", ["/.well-known/jwks.json", "/.well-known/oauth-authorization-server", "/health/live"]
)
async def test_what_is_open_is_open(shop: Shop, path: str) -> None:
    assert (await shop.get(path)).status_code == 200


async def test_the_password_form_of_the_docs_signs_in(shop: Shop) -> None:
    anna = Person()
    await shop.register(anna)
    form = {"grant_type": "password", "username": anna.phone_as_written, "password": PASSWORD}
    answer = await shop.client.post("/api/v1/auth/token", data=form)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()["access_token"]
    assert (await shop.get("/api/v1/products", token)).status_code == 200
