"""Every manifest has every service of the registry, and whatever lacks one is named."""

import subprocess
from pathlib import Path

import pytest

from shared.settings import METRICS_PORT_DISTANCE
from standalone import registry, secret_files
from standalone.registry import RegisteredService, ServiceProgram
from standalone.settings import ROOT
from testing.service_manifests import BY_COMMAND, BY_HAND, MANIFESTS, missing
from tools.job_names import rewritten

MOST_FILES = 15
ENTRY = """
[warehouse]
package = "warehouse"
programs = [
    { name = "warehouse", port = 8044 },
    { name = "warehouse-worker", module = "warehouse.work", metrics = 9145 },
]
user = 10044
database = true
preparer = 10054
demo = true
secrets = ["warehouse_secrets", "internal_secrets"]
documented = true
scalable = true
"""


@pytest.fixture
def with_another(tmp_path: Path) -> Path:
    """The registry with an entry that nothing else knows of."""
    file = tmp_path / "services.toml"
    file.write_text(registry.FILE.read_text() + ENTRY)
    return file


def test_every_manifest_has_every_service() -> None:
    assert list(missing(registry.services(), ROOT)) == []


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_without_a_new_service_is_named(name: str, with_another: Path) -> None:
    lacking = dict(missing(registry.services(with_another), ROOT))
    assert lacking.get(name.format(service="warehouse"), "").startswith("warehouse: ")


@pytest.mark.parametrize("name", BY_COMMAND)
def test_the_names_of_jobs_are_written_by_a_command(name: str, with_another: Path) -> None:
    services = registry.services(with_another)
    text = (ROOT / name).read_text()
    wanted = list(BY_COMMAND[name](services[-1], rewritten(text, services)))
    assert wanted
    assert all(is_there for _, is_there in wanted)
    assert rewritten(text, registry.services()) == text


def test_a_new_service_touches_few_files_by_hand() -> None:
    manifests = BY_HAND.keys() - {".dockerignore"}  # which takes every package of that name
    assert len({"standalone/services.toml", *manifests}) <= MOST_FILES


def test_an_entry_says_what_its_line_says(with_another: Path) -> None:
    assert registry.services(with_another)[-1] == RegisteredService(
        name="warehouse",
        package="warehouse",
        programs=(
            ServiceProgram("warehouse", 8044, metrics=9144),
            ServiceProgram("warehouse-worker", metrics=9145, module="warehouse.work"),
        ),
        user=10044,
        database=True,
        preparer=10054,
        demo=True,
        secrets=("warehouse_secrets", "internal_secrets"),
        documented=True,
        scalable=True,
    )


def test_metrics_are_where_the_services_show_them() -> None:
    assert registry.METRICS_ABOVE == METRICS_PORT_DISTANCE


def test_no_two_services_share_a_name_a_port_or_a_user() -> None:
    services = registry.services()
    users = [user for one in services for user in (one.user, one.preparer) if user is not None]
    programs = [program for one in services for program in one.programs]
    ports = [port for one in programs for port in (one.port, one.metrics) if port is not None]
    names = [program.name for program in programs]
    for values in (users, ports, names):
        assert len(set(values)) == len(values)


def test_secrets_are_made_for_a_new_service(
    with_another: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_files, "REGISTRY", with_another)
    folder = tmp_path / "secrets"
    secret_files.make(folder, postgres="postgres:5432")
    assert {file.name for file in (folder / "warehouse").iterdir()} == {
        "warehouse_database_url",
        "warehouse_secrets",
        "internal_secrets",
    }
    internal = {file.read_text() for file in folder.glob("*/internal_secrets")}
    assert len(internal) == 1


@pytest.mark.parametrize("wanted", ["all", "programs", "workers", "database", "secrets"])
def test_the_scripts_read_the_same(wanted: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [ROOT / "deploy/services", wanted], check=True, capture_output=True, text=True
    )
    urls = ("database_url", "migration_database_url", "bootstrap_database_url")
    with_database = [service.name for service in registry.with_database()]
    expected = {
        "all": [service.name for service in registry.services()],
        "programs": [one.name for service in registry.services() for one in service.programs],
        "workers": [one.name for service in registry.services() for one in service.workers],
        "database": with_database,
        "secrets": sorted(
            {secret for service in registry.services() for secret in service.secrets}
            | {f"{name}_{url}" for name in with_database for url in urls}
        ),
    }
    found = done.stdout.split()
    assert (sorted(found) if wanted == "secrets" else found) == expected[wanted]


@pytest.mark.parametrize("service", registry.services(), ids=lambda service: service.name)
def test_a_secret_that_is_named_is_one_that_the_service_reads(service: RegisteredService) -> None:
    from tools.env_sample import settings_of

    fields = settings_of(service).model_fields
    read = {
        str(field.validation_alias or f"{service.prefix}{name}") for name, field in fields.items()
    }
    assert {secret.upper() for secret in service.secrets} <= {name.upper() for name in read}
