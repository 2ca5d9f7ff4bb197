"""`make run` names what in .env and in the environment is no setting, and passes it to nobody."""

from pathlib import Path

import pytest

from standalone import misspelt, services
from standalone.settings import ROOT, StandaloneSettings


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (".env.sample", "docker-compose.yml", "docker-compose.prod.yml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    return tmp_path


def test_a_misspelt_setting_is_named_with_the_one_that_was_meant(root: Path) -> None:
    (root / ".env").write_text("GATEWAY_USR_LIMIT=5\nLOG_LEVL=debug\nGATEWAY_USER_LIMIT=7\n")
    told = list(misspelt.sentences({"VITRINA_PORT_OFSET": "100", "CATALOG_QQQQQQ": "1"}, root))
    assert told == [
        "GATEWAY_USR_LIMIT is not a setting and is ignored; did you mean GATEWAY_USER_LIMIT?",
        "LOG_LEVL is not a setting and is ignored; did you mean LOG_LEVEL?",
        *[s for s in told if s.startswith("CATALOG_QQQQQQ is not a setting and is ignored; ")],
        "VITRINA_PORT_OFSET is not a setting and is ignored; did you mean VITRINA_PORT_OFFSET?",
    ]
    assert len(told) == 4


def test_what_compose_and_tools_take_is_no_mistake(root: Path) -> None:
    (root / ".env").write_text(
        "COMPOSE_FILE=a.yml\nTLS_CERTIFICATE_FILE=/c.pem\nGATEWAY_REPLICAS=3\nHTTPS_PORT=443\n"
        "POSTGRES_MEMORY=4g\nBACKUP_PASSPHRASE=x\nPIP_INDEX_URL=http://x\nSERVICES_SUBNET=x\n"
    )
    environment = {"HOME": "/", "USER_LIMIT": "1", "AUTH_REPLICAS": "2", "LOG_LEVL": "x"}
    assert list(misspelt.sentences(environment, root)) == []


def test_the_other_name_of_a_setting_is_known_too() -> None:
    assert not misspelt.ignored({"AUTH_REQUIRE_VERIFIED_EMAIL": "true"})


def test_without_the_list_of_settings_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GATEWAY_USR_LIMIT=5\n")
    assert list(misspelt.sentences({"AUTH_X": "1"}, tmp_path)) == []


def test_every_setting_is_known() -> None:
    text = (ROOT / ".env.sample").read_text()
    names = {line.lstrip("#").partition("=")[0]: "1" for line in text.splitlines() if "=" in line}
    assert not misspelt.ignored({name: "" for name in names if name.isupper()})


def test_it_is_passed_on_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_USR_LIMIT", "5")
    monkeypatch.setenv("GATEWAY_USER_LIMIT", "7")
    programs = {program.name: program for program in services.services(StandaloneSettings())}
    assert "GATEWAY_USR_LIMIT" not in programs["gateway"].environment
    assert programs["gateway"].environment["GATEWAY_USER_LIMIT"] == "7"
