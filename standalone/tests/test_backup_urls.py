"""What a superuser's URL says of TLS holds for every program and every URL that is made from it."""

from pathlib import Path

import pytest

from shared.database_url import PARAMETERS
from standalone import registry, secret_files
from standalone.backup import postgresql
from standalone.backup.errors import BackupFailed
from standalone.backup.postgresql import Server
from standalone.postgres.binaries import find

QUERY = "sslmode=verify-full&sslrootcert=/etc/ca.pem"


def test_every_parameter_of_a_url_has_a_name_for_psql() -> None:
    assert postgresql._VARIABLES.keys() == set(PARAMETERS)


def test_psql_wants_the_tls_that_the_url_wants(postgres_url: str) -> None:
    programs = find().postgres.parent
    assert Server(postgres_url, programs).ask("SELECT 1") == "1"
    with pytest.raises(BackupFailed, match="SSL"):
        Server(f"{postgres_url}?sslmode=require", programs).ask("SELECT 1")


def test_roles_speak_to_the_server_as_the_superuser_does(tmp_path: Path) -> None:
    secret_files.make(tmp_path, superuser_url=f"postgres://admin:pa55@db.example.com/x?{QUERY}")
    urls = [file.read_text() for file in tmp_path.glob("*/*_database_url")]
    assert len(urls) == 4 * len(registry.with_database())
    assert {url.partition("?")[2] for url in urls} == {QUERY}
