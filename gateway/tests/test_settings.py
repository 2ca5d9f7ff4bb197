"""Settings fit together as they are, and what cannot work is refused by name."""

import json
import os

import pytest

from gateway.main import create_app
from gateway.routes.web import WEB
from gateway.settings import GatewaySettings
from gateway.upstream.limits import Limits

SECRETS = json.dumps(["x" * 32])


class TestSettings:
    def test_the_defaults_fit_together(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in os.environ:
            if name.startswith("GATEWAY_"):
                monkeypatch.delenv(name)
        monkeypatch.setenv("INTERNAL_SECRETS", SECRETS)
        create_app()
        settings = GatewaySettings()
        assert (settings.port, settings.auth_url) == (8000, "http://127.0.0.1:8001")
        assert settings.limits == Limits()
        assert settings.polling_limits == Limits(max_connections=1, breaker_failures=0)
        assert settings.trusted_proxies == ()
        assert (settings.web_url, settings.on_behalf_secrets) == (None, [])
        assert settings.limits_of(WEB) == Limits(max_connections=512)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("GATEWAY_AUTH_URL", "https://auth"),
            ("GATEWAY_CATALOG_URL", "http://catalog/path"),
            ("GATEWAY_RESPONSE_TIMEOUT", "0"),
            ("GATEWAY_MAX_CONNECTIONS", "0"),
            ("GATEWAY_CORS_ORIGINS", '["*"]'),
            ("GATEWAY_REVOCATIONS_INTERVAL", "0"),
            ("GATEWAY_REVOCATIONS_MAX_AGE", "-1"),
            ("INTERNAL_SECRETS", ""),
            ("INTERNAL_SECRETS", "[]"),
            ("INTERNAL_SECRETS", '["short"]'),
            ("INTERNAL_SECRETS", json.dumps(["with a line\r\nbreak: " + "x" * 32])),
            ("INTERNAL_SECRETS", json.dumps(["\u043f\u0430\u0440\u043e\u043b\u044c" * 8])),
            ("INTERNAL_SECRETS", json.dumps(["x" * 32 + " "])),
            ("ON_BEHALF_SECRETS", '["short"]'),
            ("ON_BEHALF_SECRETS", json.dumps(["two words " + "x" * 32])),
            ("GATEWAY_WEB_URL", "https://web"),
            ("GATEWAY_WEB_CONNECTIONS", "0"),
            ("TRUSTED_PROXIES", '["everybody"]'),
        ],
    )
    def test_what_cannot_work_is_refused_by_name(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        name: str,
        value: str,
    ) -> None:
        monkeypatch.setenv("INTERNAL_SECRETS", SECRETS)
        monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit):
            create_app()
        output = capsys.readouterr().err
        assert name in output
        assert "x" * 32 not in output
