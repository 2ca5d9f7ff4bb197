"""The whole way: a shop at work, its backup, the loss of everything since, and the shop again."""

from pathlib import Path

import httpx2
import pytest

from standalone import secret_files
from standalone.backup import here
from testing.background import BackgroundSystem
from testing.people import PASSWORD, Person, bearer

pytestmark = pytest.mark.soak

PASSPHRASE = "correct horse battery"
ISSUER = "http://shop.example"


def test_a_round_trip_brings_everything_back(tmp_path: Path) -> None:
    file = tmp_path / "shop.backup"
    before, after = Person(), Person()
    shop = BackgroundSystem(tmp_path / "shop", environment={"PUBLIC_URL": ISSUER})
    with shop:
        tokens = _register(shop, before)
        products = _products(shop, tokens["access_token"])
        here.take(shop.settings, file, passphrase=PASSPHRASE)
        _register(shop, after)
    secret_files.replace(shop.settings.secrets_folder, {"auth_secrets": f'["{"x" * 40}"]'})

    here.restore(shop.settings, file, passphrase=PASSPHRASE)
    with shop:
        assert _products(shop, tokens["access_token"]) == products
        assert _sign_in(shop, before).status_code == 200
        assert _sign_in(shop, after).status_code == 401
        body = {"refresh_token": tokens["refresh_token"]}
        assert httpx2.post(f"{shop.url}/api/v1/auth/refresh", json=body).status_code == 200


def _register(shop: BackgroundSystem, person: Person) -> dict[str, str]:
    url = f"{shop.url}/api/v1/auth/register"
    httpx2.post(url, json=person.registration).raise_for_status()
    tokens: dict[str, str] = _sign_in(shop, person).raise_for_status().json()
    return tokens


def _sign_in(shop: BackgroundSystem, person: Person) -> httpx2.Response:
    credentials = {"login": person.email, "password": PASSWORD}
    return httpx2.post(f"{shop.url}/api/v1/auth/login", json=credentials)


def _products(shop: BackgroundSystem, token: str) -> object:
    url = f"{shop.url}/api/v1/products?size=100"
    return httpx2.get(url, headers=bearer(token)).raise_for_status().json()
