"""What no check has foreseen."""

import pytest

from gateway.proxy import Proxy
from gateway.tests.conftest import RunningGateway
from testing.gateway.raw_client import PRODUCTS, ask


async def test_an_unexpected_error_has_the_one_shape(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("with a secret in it")

    monkeypatch.setattr(Proxy, "forward", fail)
    reply = await gateway.ask_signed_in(PRODUCTS)
    assert (reply.status, reply.json()["error"]) == (500, "internal_error")
    assert b"secret" not in reply.body
    assert "unexpected error" in caplog.text


@pytest.mark.parametrize("wrong", ["host: a b", "host: a\r\nhost: a"])
async def test_the_refusal_of_a_head_has_what_every_response_has(
    gateway: RunningGateway, wrong: str
) -> None:
    fields = "origin: https://shop.example\r\nx-request-id: my-id.1"
    head = f"POST /docs HTTP/1.1\r\n{fields}\r\n{wrong}\r\n\r\n"
    reply = await ask(gateway.port, head.encode())
    assert reply.status == 400
    assert reply.values(b"x-request-id") == [b"my-id.1"]
    assert reply.values(b"access-control-allow-origin") == [b"https://shop.example"]
