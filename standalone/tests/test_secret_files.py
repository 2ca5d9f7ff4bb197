"""The maker of secrets: complete, private, repeatable, and never silently new."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from standalone import secret_files
from standalone.secret_files import SecretsLost, make, read

LAYOUT = {
    "postgres/postgres_password",
    "auth/auth_database_url",
    "auth/auth_secrets",
    "auth-prepare/auth_database_url",
    "auth-prepare/auth_migration_database_url",
    "auth-prepare/auth_bootstrap_database_url",
    "auth-prepare/auth_secrets",
    "catalog/catalog_secrets",
    "catalog-prepare/catalog_secrets",
    "auth/internal_secrets",
    "auth-prepare/internal_secrets",
    "catalog/internal_secrets",
    "catalog-prepare/internal_secrets",
    "gateway/internal_secrets",
    "mailing/internal_secrets",
    "mailing/mailing_database_url",
    "mailing/mailing_secrets",
    "mailing-prepare/internal_secrets",
    "mailing-prepare/mailing_database_url",
    "mailing-prepare/mailing_migration_database_url",
    "mailing-prepare/mailing_bootstrap_database_url",
    "mailing-prepare/mailing_secrets",
    "gateway/on_behalf_secrets",
    "web/on_behalf_secrets",
    "web/web_database_url",
    "web/web_secrets",
    "web-prepare/on_behalf_secrets",
    "web-prepare/web_database_url",
    "web-prepare/web_migration_database_url",
    "web-prepare/web_bootstrap_database_url",
    "web-prepare/web_secrets",
    "catalog/catalog_database_url",
    "catalog-prepare/catalog_database_url",
    "catalog-prepare/catalog_migration_database_url",
    "catalog-prepare/catalog_bootstrap_database_url",
}


def test_every_consumer_gets_its_own_files(tmp_path: Path) -> None:
    make(tmp_path, postgres="postgres:5432")
    assert set(_contents(tmp_path)) == LAYOUT


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make(folder, postgres="postgres:5432")
    for path in folder.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_superusers_password_of_another_maker_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "postgres_password").write_text("a/b@c:d%e?f#g")
    make(tmp_path, postgres="db:6543")
    parts = urlsplit(read(tmp_path, "auth-prepare/auth_bootstrap_database_url"))
    assert (parts.hostname, parts.port, parts.path) == ("db", 6543, "/postgres")
    assert unquote(parts.password or "") == "a/b@c:d%e?f#g"


def test_urls_name_roles_databases_and_the_server(tmp_path: Path) -> None:
    make(tmp_path, postgres="db:6543")
    for service in ("auth", "catalog", "mailing", "web"):
        for role, name in (("runtime", "database_url"), ("owner", "migration_database_url")):
            parts = urlsplit(read(tmp_path, f"{service}-prepare/{service}_{name}"))
            assert (parts.scheme, parts.username) == ("postgres", f"{service}_{role}")
            assert (parts.hostname, parts.port, parts.path) == ("db", 6543, f"/{service}")
        parts = urlsplit(read(tmp_path, f"{service}-prepare/{service}_bootstrap_database_url"))
        assert (parts.username, parts.path) == ("postgres", "/postgres")
        assert parts.password == read(tmp_path, "postgres/postgres_password")


def test_every_password_is_long_and_used_once(tmp_path: Path) -> None:
    make(tmp_path, postgres="db:1")
    files = _contents(tmp_path)
    urls = {value for name, value in files.items() if name.endswith("_url")}
    passwords = {urlsplit(url).password or "" for url in urls}
    assert len(passwords) == 9
    assert all(len(password) >= 40 for password in passwords)
    assert all(len(secret) >= 32 for secret in json.loads(files["auth/auth_secrets"]))


def test_auth_service_and_gateway_know_each_other_by_one_secret(tmp_path: Path) -> None:
    make(tmp_path, postgres="db:1")
    files = _contents(tmp_path)
    (shared,) = {value for name, value in files.items() if name.endswith("/internal_secrets")}
    (secret,) = json.loads(shared)
    assert len(secret) >= 40
    assert secret not in files["auth/auth_secrets"]


def test_an_installation_from_before_it_gets_it_and_keeps_the_rest(tmp_path: Path) -> None:
    folder, data = tmp_path / "secrets", tmp_path / "data"
    make(folder, postgres="db:1", data=data)
    shutil.rmtree(folder / "gateway")
    for file in folder.glob("*/internal_secrets"):
        file.unlink()
    data.mkdir()
    (data / "PG_VERSION").write_text("18\n")
    before = _contents(folder)
    make(folder, postgres="db:1", data=data)
    after = _contents(folder)
    added = {name for name in LAYOUT if name.endswith("/internal_secrets")}
    added.add("gateway/on_behalf_secrets")
    assert after.keys() - before.keys() == added
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize("service", ["mailing", "web"])
def test_an_installation_from_before_a_service_gets_its_secrets(
    tmp_path: Path, service: str
) -> None:
    folder, data = tmp_path / "secrets", tmp_path / "data"
    make(folder, postgres="db:1", data=data)
    for consumer in (service, f"{service}-prepare"):
        shutil.rmtree(folder / consumer)
    data.mkdir()
    (data / "PG_VERSION").write_text("18\n")
    make(folder, postgres="db:1", data=data)
    assert set(_contents(folder)) == LAYOUT


def test_a_secret_changed_by_hand_reaches_whoever_needs_it(tmp_path: Path) -> None:
    make(tmp_path, postgres="db:1")
    old = json.loads(read(tmp_path, "auth/internal_secrets"))
    changed = json.dumps(["n" * 43, *old])
    (tmp_path / "auth" / "internal_secrets").write_text(changed)
    make(tmp_path, postgres="db:1")
    assert read(tmp_path, "gateway/internal_secrets") == changed
    assert read(tmp_path, "auth-prepare/internal_secrets") == changed


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    make(tmp_path, postgres="db:1")
    before = _contents(tmp_path)
    make(tmp_path, postgres="db:1")
    assert _contents(tmp_path) == before


def test_urls_follow_the_server_and_keep_their_passwords(tmp_path: Path) -> None:
    make(tmp_path, postgres="db:1")
    before = _contents(tmp_path)
    make(tmp_path, postgres="db:2")
    after = _contents(tmp_path)
    assert {name: value.replace("@db:1/", "@db:2/") for name, value in before.items()} == after


def test_a_server_of_the_users_own_is_taken_as_it_is(tmp_path: Path) -> None:
    make(tmp_path, superuser_url="postgres://boss:p%40ss@db.example:6000/main?sslmode=require")
    files = _contents(tmp_path)
    assert "postgres/postgres_password" not in files
    url = files["catalog/catalog_database_url"]
    assert url.startswith("postgres://catalog_runtime:")
    assert url.endswith("@db.example:6000/catalog?sslmode=require")
    assert "boss:p%40ss@" in files["auth-prepare/auth_bootstrap_database_url"]


def test_without_a_server_no_old_url_stays(tmp_path: Path) -> None:
    make(tmp_path, postgres="db:1")
    make(tmp_path)
    assert not [name for name in _contents(tmp_path) if name.endswith("_url")]
    assert (tmp_path / "auth" / "auth_secrets").exists()


def test_many_makers_concurrently_make_one_set(tmp_path: Path) -> None:
    command = [sys.executable, "-E", "-S", secret_files.__file__, str(tmp_path), "--postgres=db:1"]
    makers = [subprocess.Popen(command) for _ in range(8)]
    assert [maker.wait() for maker in makers] == [0] * 8
    files = _contents(tmp_path)
    assert set(files) == LAYOUT
    assert files["auth/auth_database_url"] == files["auth-prepare/auth_database_url"]
    assert files["auth/auth_secrets"] == files["auth-prepare/auth_secrets"]


@pytest.mark.parametrize("lost", ["*", "*/auth_secrets", "*/mailing_secrets"])
def test_data_whose_secrets_are_gone_are_reported(
    tmp_path: Path, lost: str, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, data = tmp_path / "secrets", tmp_path / "data"
    make(folder, postgres="db:1", data=data)
    (data / "18" / "docker").mkdir(parents=True)
    (data / "18" / "docker" / "PG_VERSION").write_text("18\n")
    for path in folder.glob(lost):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    kept = _contents(folder)
    command = [
        sys.executable,
        secret_files.__file__,
        str(folder),
        "--postgres=db:1",
        f"--data={data}",
    ]
    assert subprocess.run(command, check=False).returncode == 1
    told = capfd.readouterr().err
    assert told.count("\n") == 1
    assert "put them back from a copy" in told
    assert _contents(folder) == kept


def test_what_can_be_replaced_or_copied_is_not_lost(tmp_path: Path) -> None:
    folder, data = tmp_path / "secrets", tmp_path / "data"
    make(folder, postgres="db:1")
    before = _contents(folder)
    data.mkdir()
    (data / "PG_VERSION").write_text("18\n")
    for consumer in ("postgres", "catalog", "auth"):
        shutil.rmtree(folder / consumer)
    make(folder, postgres="db:1", data=data)
    assert _contents(folder) == before


def test_empty_files_of_a_full_disk_count_as_missing(tmp_path: Path) -> None:
    make(tmp_path, postgres="db:1")
    for file in tmp_path.glob("*/auth_secrets"):
        file.write_text("")
    with pytest.raises(SecretsLost):
        (tmp_path / "PG_VERSION").write_text("18\n")
        make(tmp_path, postgres="db:1", data=tmp_path)
    make(tmp_path, postgres="db:1")
    assert json.loads(read(tmp_path, "auth/auth_secrets"))


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    command = [sys.executable, secret_files.__file__, f"{tmp_path}/file/x", "--postgres=db:1"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("The secrets cannot be kept in ")


def test_a_server_of_others_is_named_by_its_superuser(tmp_path: Path) -> None:
    url = "postgres://root:pass@db.example:5433/postgres"
    command = [sys.executable, secret_files.__file__, str(tmp_path)]
    subprocess.run(command, env={"BOOTSTRAP_DATABASE_URL": url}, check=True)
    assert read(tmp_path, "catalog-prepare/catalog_bootstrap_database_url") == url
    assert urlsplit(read(tmp_path, "catalog/catalog_database_url")).hostname == "db.example"
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("named", [(), ("--postgres=db:1", "BOOTSTRAP_DATABASE_URL")])
def test_one_server_is_named_and_not_two(tmp_path: Path, named: tuple[str, ...]) -> None:
    command = [sys.executable, secret_files.__file__, str(tmp_path), *named[:1]]
    environment = dict.fromkeys(named[1:], "postgres://root:pass@db.example:5433/postgres")
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "name one server" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may take any group")
def test_containers_get_files_that_only_their_group_reads(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    for _ in range(2):
        make(folder, postgres="db:1", groups={"auth": 10001, "gateway": 10003})
    for path, group, mode in (
        (folder / "auth", 10001, 0o2770),
        (folder / "auth" / "auth_secrets", 10001, 0o440),
        (folder / "auth" / "internal_secrets", 10001, 0o440),
        (folder / "gateway", 10003, 0o2770),
        (folder / "gateway" / "internal_secrets", 10003, 0o440),
    ):
        assert path.stat().st_gid == group
        assert path.stat().st_mode & 0o7777 == mode
    assert folder.stat().st_mode & 0o777 == 0o711
    assert (folder / "catalog").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_only_postgresql_may_look_into_is_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(SecretsLost, match=r"delete the database \(rm -r data\) to start"):
        make(tmp_path / "secrets", postgres="db:1", data=tmp_path / "data", remedy="rm -r data")


def _contents(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): file.read_text()
        for file in folder.glob("*/*")
        if file.is_file()
    }
