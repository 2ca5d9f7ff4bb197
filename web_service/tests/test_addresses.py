"""The addresses that were asked for are there, with a slash at the end and without."""

import pytest
from fastapi import FastAPI
from starlette.routing import Match

ID = "00000000-0000-4000-8000-000000000000"
ADDRESSES = {
    "GET": (
        "/users/register/",
        "/users/login/",
        "/users/logout/",
        "/users/password-reset/",
        f"/users/{ID}/",
        f"/users/update/{ID}/",
        "/confirm/",
        "/reset/",
        "/sign-in-link/",
        "/terms/",
        "/help/",
        "/products/",
        "/products/7/",
        "/articles/",
        "/articles/tea/",
        "/drafts/",
        "/draft/create/",
        "/draft/7/",
        "/draft/7/update/",
        "/draft/7/delete/",
        "/draft/7/cover/",
        "/sitemap.xml",
        "/robots.txt",
        "/products/manage/",
        "/products/import/",
        "/products/export/",
        "/product/create/",
        "/product/7/update/",
        "/cart/",
        "/orders/",
        f"/order/{ID}/",
        f"/order/{ID}/cancel/",
        f"/order/{ID}/print/",
        "/orders/all/",
        "/orders/sums/",
        "/recipients/",
        "/recipient/create/",
        "/recipient/7/",
        "/recipient/7/update/",
        "/recipient/7/delete/",
        "/messages/",
        "/message/create/",
        "/message/7/",
        "/message/7/update/",
        "/message/7/delete/",
        "/sendings/",
        "/sending/create/",
        "/sending/7/",
        "/sending/7/update/",
        "/sending/7/delete/",
        "/statistics/",
        "/suppressions/",
        "/admin/",
        "/admin/sendings/",
        "/admin/approvals/",
        "/admin/users/",
    ),
    "POST": (
        "/users/register/",
        "/users/login/",
        "/users/logout/",
        "/users/password-reset/",
        f"/users/update/{ID}/",
        "/recipient/create/",
        "/recipient/7/update/",
        "/recipient/7/delete/",
        "/message/create/",
        "/message/7/update/",
        "/message/7/delete/",
        "/draft/create/",
        "/draft/7/update/",
        "/draft/7/delete/",
        "/draft/7/copy/",
        "/draft/7/cover/",
        "/draft/7/cover/remove/",
        "/draft/7/publish/",
        "/draft/7/schedule/",
        "/draft/7/withdraw/",
        "/sending/create/",
        "/sending/7/update/",
        "/sending/7/delete/",
        "/products/manage/",
        "/products/import/",
        "/product/create/",
        "/product/7/update/",
        "/product/7/stock/",
        "/product/7/switch/",
        "/checkout/",
        f"/order/{ID}/cancel/",
        f"/order/{ID}/pay/",
        "/language/",
    ),
}


def is_served(app: FastAPI, method: str, path: str) -> bool:
    scope = {"type": "http", "method": method, "path": path, "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in app.routes)


@pytest.mark.parametrize("method", ADDRESSES)
def test_every_address_is_served(app: FastAPI, method: str) -> None:
    for path in ADDRESSES[method]:
        assert is_served(app, method, path), path
        assert is_served(app, method, path.rstrip("/")), path
