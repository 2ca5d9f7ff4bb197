"""What the settings accept, and what is said about the rest."""

import json
from pathlib import Path

import pytest

from catalog_service.settings import CatalogSettings, PreparationSettings
from catalog_service.tests.conftest import SECRETS
from shared.settings import load

URL = "postgres://catalog_runtime:pa55word@127.0.0.1:5432/catalog"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("CATALOG_DATABASE_URL", URL)
    monkeypatch.setenv("CATALOG_SECRETS", json.dumps(SECRETS))
    monkeypatch.setenv("INTERNAL_SECRETS", json.dumps(SECRETS))
    return monkeypatch


def test_the_database_is_all_that_has_to_be_set() -> None:
    settings = load(CatalogSettings)

    assert settings.database_url.get_secret_value() == URL
    assert (settings.host, settings.port, settings.currency) == ("127.0.0.1", 8002, "RUB")
    assert settings.jwks_url == "http://127.0.0.1:8001/.well-known/jwks.json"
    assert settings.accounts_url == "http://127.0.0.1:8001/internal/accounts"


def test_secrets_do_not_show() -> None:
    shown = repr(load(CatalogSettings))
    assert "pa55" not in shown
    assert SECRETS[0] not in shown


def test_the_database_may_be_set_in_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.delenv("CATALOG_DATABASE_URL")
    environment.setenv("SECRETS_DIR", str(tmp_path))
    (tmp_path / "catalog_database_url").write_text(f"{URL}\n")

    assert load(CatalogSettings).database_url.get_secret_value() == URL


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CATALOG_DATABASE_URL", ""),
        ("CATALOG_DATABASE_URL", "mysql://localhost/catalog"),
        ("CATALOG_DATABASE_URL", "postgres://localhost"),
        ("CATALOG_DATABASE_POOL_SIZE", "0"),
        ("CATALOG_PORT", "70000"),
        ("CATALOG_REPLICA_URLS", "postgres://reader:pa55@replica:5432/catalog"),
        ("CATALOG_REPLICA_URLS", '["mysql://replica/catalog"]'),
        ("CATALOG_REPLICA_URLS", f'["{URL}"]'),
        ("CATALOG_REPLICA_URLS", '["postgres://a:b@one/catalog", "postgres://a:c@one:5432/c"]'),
        ("CATALOG_JWKS_URL", "/.well-known/jwks.json"),
        ("CATALOG_JWKS_URL", "file:///etc/passwd"),
        ("CATALOG_CURRENCY", "roubles"),
        ("PUBLIC_URL", "localhost"),
    ],
)
def test_a_wrong_setting_is_named_and_stops_the_start(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    environment.setenv(name, value)

    with pytest.raises(SystemExit) as end:
        load(CatalogSettings)

    assert end.value.code == 2
    assert capsys.readouterr().err.startswith(f"{name} is not ")


def test_replicas_are_none_or_a_list(environment: pytest.MonkeyPatch) -> None:
    assert load(CatalogSettings).replica_urls == []

    urls = ["postgres://a:pa55@one/catalog", "postgres://a:pa55@two:5433/catalog"]
    environment.setenv("CATALOG_REPLICA_URLS", json.dumps(urls))
    settings = load(CatalogSettings)

    assert [url.get_secret_value() for url in settings.replica_urls] == urls
    assert "pa55" not in repr(settings)


@pytest.mark.parametrize(
    ("urls", "sentence"),
    [
        ([URL], "must not name the server of CATALOG_DATABASE_URL, the primary"),
        (["postgres://a:b@one/c"] * 2, "must name each replica once"),
        (["one:5432"], "must look like postgres://user:password@host:5432/database"),
        (["postgres://a:b@one:99999/c"], "must name a port of 65535 or less"),
    ],
)
def test_each_mistake_about_replicas_is_a_sentence_without_the_password(
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    urls: list[str],
    sentence: str,
) -> None:
    environment.setenv("CATALOG_REPLICA_URLS", json.dumps(urls))

    with pytest.raises(SystemExit):
        load(CatalogSettings)

    told = capsys.readouterr().err
    assert told == f"CATALOG_REPLICA_URLS is not usable: {sentence}.\n"


def test_only_commands_need_the_owner_of_the_tables(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        load(PreparationSettings)
    assert capsys.readouterr().err.startswith("CATALOG_MIGRATION_DATABASE_URL is not set")

    environment.setenv("CATALOG_MIGRATION_DATABASE_URL", URL)
    assert load(PreparationSettings).bootstrap_database_url is None
