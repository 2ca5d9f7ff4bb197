"""Errors of the gateway itself in the language of the client."""

import pytest

from gateway.tests.conftest import RunningGateway
from gateway.tests.marked_catalog import READER

TOKEN = f"authorization: Bearer {READER}"


class TestLanguage:
    @pytest.mark.parametrize(
        ("fields", "language", "message"),
        [
            ((), b"en", "There is nothing here."),
            (("accept-language: de", "accept-language: ru"), b"ru", "Здесь ничего нет."),
            (("accept-language: ru;q=0",), b"en", "There is nothing here."),
        ],
    )
    async def test_an_error_is_in_the_readers_language(
        self, gateway: RunningGateway, fields: tuple[str, ...], language: bytes, message: str
    ) -> None:
        reply = await gateway.ask("GET /api/v1/nowhere", TOKEN, *fields)

        assert reply.json() == {"code": 404, "message": message, "error": "not_found"}
        assert reply.values(b"content-language") == [language]
        assert b"Accept-Language" in reply.values(b"vary")

    async def test_the_401_is_the_same_in_every_language(self, gateway: RunningGateway) -> None:
        reply = await gateway.ask("GET /api/v1/nowhere", "accept-language: ru")

        assert reply.body == b'{"code":401,"message":"Unauthorized"}'
        assert reply.values(b"content-language") == []
