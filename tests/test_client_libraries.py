"""Standard client libraries work against the shop as they come."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

from testing.people import PASSWORD, Person, Shop


@pytest.fixture
def metadata(url: str) -> dict[str, Any]:
    """What the shop says of itself; its addresses are those of this test."""
    document = httpx2.get(f"{url}/.well-known/oauth-authorization-server").json()
    issuer = document["issuer"]
    return {
        name: value.replace(issuer, url) if isinstance(value, str) else value
        for name, value in document.items()
    } | {"issuer": issuer}


@pytest.fixture
def oauth(metadata: dict[str, Any]) -> Iterator[OAuth2Session]:
    with OAuth2Session(
        client_id="vitrina",
        token_endpoint_auth_method="none",
        revocation_endpoint_auth_method="none",
        token_endpoint=metadata["token_endpoint"],
    ) as session:
        yield session


async def test_authlib_signs_in_refreshes_and_revokes(
    shop: Shop, url: str, oauth: OAuth2Session, metadata: dict[str, Any]
) -> None:
    person = Person()
    (await shop.register(person)).raise_for_status()

    first = oauth.fetch_token(username=person.phone_as_written, password=PASSWORD)
    assert oauth.get(f"{url}/api/v1/users/me").json()["email"] == person.email
    second = oauth.refresh_token(metadata["token_endpoint"])
    assert second["refresh_token"] != first["refresh_token"]
    oauth.revoke_token(
        metadata["revocation_endpoint"], second["refresh_token"], token_type_hint="refresh_token"
    )
    with pytest.raises(Exception, match="invalid_grant"):
        oauth.refresh_token(metadata["token_endpoint"], refresh_token=second["refresh_token"])


async def test_joserfc_verifies_by_the_published_keys(
    shop: Shop, oauth: OAuth2Session, metadata: dict[str, Any]
) -> None:
    person = Person()
    (await shop.register(person)).raise_for_status()
    token = oauth.fetch_token(username=person.email, password=PASSWORD)
    keys = KeySet.import_key_set(httpx2.get(metadata["jwks_uri"]).json())

    decoded = jwt.decode(token["access_token"], keys, algorithms=["RS256"])

    assert decoded.header["typ"] == "at+jwt"
    assert decoded.claims["iss"] == metadata["issuer"]
    assert decoded.claims["client_id"] == "vitrina"
