"""How a program uses the client that openapi-python-client makes: URL LOGIN PASSWORD."""

import sys
from datetime import datetime, timedelta

from vitrina_client import AuthenticatedClient, Client
from vitrina_client.api.cart import show_cart
from vitrina_client.api.products import list_products
from vitrina_client.api.sessions import list_sessions, sign_in
from vitrina_client.models import CartRead, Credentials, ProductPage, SignedIn


def main(url: str, login: str, password: str) -> None:
    """Sign in, and read what a customer may."""
    pair = sign_in.sync(client=Client(url), body=Credentials(login=login, password=password))
    assert isinstance(pair, SignedIn)
    shop = AuthenticatedClient(url, token=pair.access_token)
    sessions = list_sessions.sync(client=shop)
    assert isinstance(sessions, list)
    created: datetime = sessions[0].created_at
    assert created.utcoffset() == timedelta(0)
    page = list_products.sync(client=shop, size=5, price_max=2**53 - 1)
    assert isinstance(page, ProductPage)
    assert page.size == 5
    cart = show_cart.sync(client=shop)
    assert isinstance(cart, CartRead)
    assert cart.total == 0


if __name__ == "__main__":
    main(*sys.argv[1:])
