"""What no check has foreseen."""

import pytest

from gateway.proxy import Proxy
from gateway.tests.conftest import RunningGateway
from gateway.tests.raw_client import PRODUCTS


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
