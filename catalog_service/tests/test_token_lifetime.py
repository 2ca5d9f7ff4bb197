"""Tokens that live longer than any that was issued are refused, by what the key set says."""

import time

import httpx2

from catalog_service.tests.conftest import PRODUCTS, running_service
from testing.database import ServiceDatabase
from testing.servers import serving_document
from testing.tokens import access_token, jwks, signing_key


async def test_a_token_that_lives_longer_than_any_that_was_issued_is_refused(
    database: ServiceDatabase,
) -> None:
    now = int(time.time())
    key_set = jwks(signing_key(), token_lifetime=600)
    async with (
        serving_document(key_set) as jwks_url,
        running_service(database.runtime_url, jwks_url=jwks_url) as app,
    ):
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://catalog") as client:
            for life, status in ((600, 200), (601, 401)):
                token = access_token(iat=now, exp=now + life)
                headers = {"Authorization": f"Bearer {token}"}
                assert (await client.get(PRODUCTS, headers=headers)).status_code == status
