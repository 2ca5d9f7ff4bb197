"""The ground of the system: ports looked at first, and a database of the user's own."""

import os
import re
import socket
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr

from standalone import services
from standalone.ports import PortTaken
from standalone.postgres import folder as postgres_folder
from standalone.postgres.server import PostgresError, temporary_server
from standalone.settings import StandaloneSettings, load
from standalone.system import System
from testing.ports import ports_of_a_system


@pytest.fixture
def settings(tmp_path: Path) -> StandaloneSettings:
    ports: dict[str, Any] = ports_of_a_system()
    return StandaloneSettings(vitrina_data=tmp_path / "data", **ports)


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("gateway_port", "the gateway"),
        ("auth_port", "the auth service"),
        ("catalog_port", "the catalog service"),
        ("mailing_port", "the mailing service"),
        ("web_port", "the web service"),
        ("mail_smtp_port", "the mail catcher"),
        ("mail_web_port", "the mail catcher's page"),
    ],
)
def test_a_taken_port_is_reported_before_anything_is_started(
    settings: StandaloneSettings, name: str, of: str
) -> None:
    port = getattr(settings, name)
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(PortTaken, match=f"Port {port}, which {of} needs, .* with {name.upper()}"),
    ):
        System(settings).prepare()
    assert not settings.data_folder.exists()


def test_all_taken_ports_are_named_together_and_one_setting_that_moves_them(
    settings: StandaloneSettings,
) -> None:
    with (
        socket.create_server(("127.0.0.1", settings.ports["auth"])),
        socket.create_server(("127.0.0.1", settings.mail_web_port)),
        socket.create_server(("127.0.0.1", settings.postgres_port or 0)),
        pytest.raises(PortTaken) as refusal,
    ):
        System(settings).prepare()
    sentence = str(refusal.value)
    for port in (settings.ports["auth"], settings.mail_web_port, settings.postgres_port):
        assert f"{port} (" in sentence
    assert f"{settings.gateway_port} (" not in sentence
    assert re.search(r"VITRINA_PORT_OFFSET=\d+00\b", sentence)
    assert sentence.count(".") == 1


def test_one_setting_moves_every_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINA_PORT_OFFSET", "300")
    monkeypatch.setenv("AUTH_PORT", "8101")
    moved = load()
    services_ports = {"auth": 8401, "catalog": 8302, "mailing": 8303, "web": 8304}
    assert moved.ports == {"gateway": 8300, **services_ports}
    assert moved.worker_ports == {"mailing-worker": 9413}
    assert (moved.mail_smtp_port, moved.mail_web_port, moved.postgres_port) == (1325, 1380, None)
    assert moved.issuer == "http://localhost:8300"
    told = {program.name: program.environment for program in services.services(moved)}
    assert told["gateway"]["GATEWAY_AUTH_URL"] == "http://127.0.0.1:8401"
    assert told["gateway"]["GATEWAY_WEB_URL"] == "http://127.0.0.1:8304"
    assert told["web"]["WEB_GATEWAY_URL"] == "http://127.0.0.1:8300"


def test_ports_are_not_moved_out_of_the_world(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VITRINA_PORT_OFFSET", "60000")
    with pytest.raises(SystemExit):
        load()
    assert "VITRINA_PORT_OFFSET is not usable: 60000 moves GATEWAY_PORT, AUTH_PORT" in (
        capsys.readouterr().err
    )


def test_a_second_run_leaves_the_secrets_of_the_first_alone(settings: StandaloneSettings) -> None:
    held = postgres_folder.lock(settings.data_folder / "postgres")
    try:
        with pytest.raises(PostgresError, match="in use by another run"):
            System(settings).prepare()
    finally:
        os.close(held)
    assert not settings.secrets_folder.exists()


async def test_a_server_of_the_users_own_is_used(settings: StandaloneSettings) -> None:
    with temporary_server() as url:
        own = settings.model_copy(update={"bootstrap_database_url": SecretStr(url)})
        with System(own) as system:
            system.prepare()
            assert system.postgres is None
        runtime_url = (own.secrets_folder / "catalog" / "catalog_database_url").read_text()
        connection = await asyncpg.connect(runtime_url)
        assert await connection.fetchval("select current_user") == "catalog_runtime"
        assert await connection.fetchval("select count(*) > 100 from product")
        await connection.close()


def test_a_service_gets_only_what_it_needs(
    settings: StandaloneSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTH_ADMIN_PASSWORD", "Secret$123")
    monkeypatch.setenv("AUTH_MIGRATION_DATABASE_URL", "postgres://owner:p@db/auth")
    monkeypatch.setenv("BOOTSTRAP_DATABASE_URL", "postgres://postgres:p@db/postgres")
    monkeypatch.setenv("AUTH_ARGON2_TIME_COST", "3")
    told = {program.name: program.environment for program in services.services(settings)}
    assert told["auth"]["AUTH_ARGON2_TIME_COST"] == "3"
    for name, environment in told.items():
        assert "BOOTSTRAP_DATABASE_URL" not in environment
        assert not {"AUTH_ADMIN_PASSWORD", "AUTH_MIGRATION_DATABASE_URL"} & environment.keys()
        assert name == "auth" or not any(key.startswith("AUTH_") for key in environment)
    prepare = services.one_shots(settings)[0].environment
    assert prepare["AUTH_ADMIN_PASSWORD"] == "Secret$123"
    assert prepare["AUTH_MIGRATION_DATABASE_URL"] == "postgres://owner:p@db/auth"


def test_each_service_finds_its_own_secrets_and_no_other_sees_what_two_share(
    settings: StandaloneSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERNAL_SECRETS", "given by hand")
    monkeypatch.setenv("ON_BEHALF_SECRETS", "given by hand too")
    told = {program.name: program.environment for program in services.services(settings)}
    for name, environment in told.items():
        folder = environment.get("SECRETS_DIR")
        owner = name.removesuffix("-worker")
        assert folder == (None if name == "mail" else str(settings.secrets_folder / owner))
        knows = owner in {"auth", "catalog", "mailing", "gateway"}
        assert ("INTERNAL_SECRETS" in environment) == knows
        assert ("ON_BEHALF_SECRETS" in environment) == (owner in {"web", "gateway"})


def test_prices_have_the_same_currency_wherever_they_are_shown(
    settings: StandaloneSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATALOG_CURRENCY", "EUR")
    told = {program.name: program.environment for program in services.services(settings)}
    assert told["catalog"]["CATALOG_CURRENCY"] == told["web"]["CATALOG_CURRENCY"] == "EUR"


def test_pages_ask_the_gateway_alone(settings: StandaloneSettings) -> None:
    told = {program.name: program.environment for program in services.services(settings)}
    assert told["web"]["WEB_GATEWAY_URL"] == f"http://127.0.0.1:{settings.gateway_port}"
    assert not {"WEB_JWKS_URL", "WEB_ACCOUNTS_URL"} & told["web"].keys()


def test_the_docs_pages_of_the_services_may_sign_in_at_the_gateway(
    settings: StandaloneSettings,
) -> None:
    told = {program.name: program.environment for program in services.services(settings)}
    gateway = told["gateway"]
    auth, catalog = settings.ports["auth"], settings.ports["catalog"]
    assert str(settings.ports["web"]) not in gateway["GATEWAY_CORS_ORIGINS"]  # it has none
    assert f'"http://localhost:{auth}"' in gateway["GATEWAY_CORS_ORIGINS"]
    assert f'"http://127.0.0.1:{catalog}"' in gateway["GATEWAY_CORS_ORIGINS"]
    assert gateway["PUBLIC_URL"] == f"http://localhost:{settings.gateway_port}"


def test_a_worker_runs_beside_its_service_with_the_same_settings(
    settings: StandaloneSettings,
) -> None:
    programs = {program.name: program for program in services.services(settings)}
    worker, service = programs["mailing-worker"], programs["mailing"]
    assert worker.command[1:] == ("-m", "mailing_service.worker")
    assert worker.environment == service.environment


@pytest.mark.parametrize("sender", ["AUTH", "MAILING"])
def test_the_emails_of_both_services_go_to_the_catcher(
    settings: StandaloneSettings, monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    monkeypatch.delenv(f"{sender}_SMTP_HOST", raising=False)
    told = {program.name: program.environment for program in services.services(settings)}
    service = told[sender.lower()]
    assert service[f"{sender}_SMTP_HOST"] == "127.0.0.1"
    assert service[f"{sender}_SMTP_PORT"] == str(settings.mail_smtp_port)


def test_emails_go_to_the_catcher_and_can_be_read_there(
    settings: StandaloneSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AUTH_SMTP_HOST", raising=False)
    auth = services.services(settings)[0].environment
    assert (auth["AUTH_SMTP_HOST"], auth["AUTH_SMTP_PORT"]) == (
        "127.0.0.1",
        str(settings.mail_smtp_port),
    )
    assert auth["AUTH_MAILBOX_URL"] == f"http://127.0.0.1:{settings.mail_web_port}"


def test_a_mail_server_of_ones_own_is_used_and_nobody_looks_into_mailboxes(
    settings: StandaloneSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTH_SMTP_HOST", "mail.example.com")
    auth = services.services(settings)[0].environment
    assert auth["AUTH_SMTP_HOST"] == "mail.example.com"
    assert not {"AUTH_SMTP_PORT", "AUTH_MAILBOX_URL"} & auth.keys()


def test_all_services_know_whether_an_email_must_be_verified(
    settings: StandaloneSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTH_REQUIRE_VERIFIED_EMAIL", "true")
    told = {program.name: program.environment for program in services.services(settings)}
    for name in ("auth", "catalog", "gateway"):
        assert told[name]["AUTH_REQUIRE_VERIFIED_EMAIL"] == "true"
