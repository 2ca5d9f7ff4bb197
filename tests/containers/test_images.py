"""Each image holds its own service, its own packages, and nothing to build with."""

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from standalone import registry
from standalone.registry import RegisteredService
from testing.composed import LABELS, ROOT, docker

pytestmark = [pytest.mark.containers, pytest.mark.usefixtures("images")]

USERS = {service.name: service.user for service in registry.services()} | {"secrets": 10000}
CODE = {
    **{service.name: {service.package, "shared"} for service in registry.services()},
    **{
        service.name: {service.package, "shared", "vitrina", "vitrina.dist-info"}
        for service in registry.with_database()
    },
    "secrets": {"secret_files.py", "services.toml"},
}
FOREIGN = {
    "gateway": {"tortoise-orm", "asyncpg", "aerich", "libpass", "argon2-cffi"},
    "auth": {"pytest", "pip", "setuptools"},
    "catalog": {"libpass", "argon2-cffi", "pip"},
    "mailing": {"libpass", "argon2-cffi", "babel", "pip"},
    "web": {"libpass", "argon2-cffi", "aiosmtplib", "zxcvbn", "pip"},
}
SERVICES = tuple(service.name for service in registry.services())
MAIN = {service.name: f"{service.package}.main" for service in registry.services()}
MOST_BYTES = dict.fromkeys(CODE, 90_000_000) | {
    "catalog": 115_000_000,
    "web": 125_000_000,  # Babel, for prices in any language
    "mailing": 110_000_000,  # Pillow, for covers
}
"""What a service may add to the base image."""


@pytest.mark.parametrize("name", FOREIGN)
def test_an_image_holds_the_packages_of_its_lock_and_no_others(name: str) -> None:
    code = """if True:
        import importlib.metadata, sysconfig
        packages = importlib.metadata.distributions(path=[sysconfig.get_path("purelib")])
        print(*(package.name for package in packages))
    """
    installed = {_canonical(package) for package in _run(name, "python", "-c", code).split()}
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / f"requirements/{name}.txt").read_text(), re.M))
    assert installed
    assert installed <= {_canonical(package) for package in locked}
    assert not installed & FOREIGN[name]


@pytest.mark.parametrize("name", CODE)
def test_an_image_holds_its_own_code_without_tests(name: str) -> None:
    files = _run(name, "find", "/app", "-not", "-name", "__pycache__").split()
    assert {Path(file).parts[2] for file in files if file != "/app"} == CODE[name]
    assert not [file for file in files if {"tests", "testing"} & set(Path(file).parts)]


@pytest.mark.parametrize("name", CODE)
def test_an_image_cannot_build_anything(name: str) -> None:
    tools = "for tool in cc gcc g++ clang make ld strip; do command -v $tool; done; true"
    assert _run(name, "sh", "-c", tools) == ""


@pytest.mark.parametrize("name", CODE)
def test_the_code_belongs_to_root_and_its_user_cannot_change_it(name: str) -> None:
    writable = _run(name, "find", "/app", "/usr/local", "-writable", "-not", "-type", "l")
    assert writable == ""


@pytest.mark.parametrize("name", CODE)
def test_an_image_runs_as_a_numbered_user_and_starts_without_a_shell(name: str) -> None:
    config = _describe(name)["Config"]
    assert config["User"] == f"{USERS[name]}:{USERS[name]}"
    command = [*(config["Entrypoint"] or []), *(config["Cmd"] or [])]
    assert command[0] == "python"
    assert {"PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1"} <= set(config["Env"])


@pytest.mark.parametrize("name", CODE)
def test_an_image_says_what_it_is(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    labels = {
        label.removeprefix("org.opencontainers.image."): value
        for label, value in _describe(name)["Config"]["Labels"].items()
    }
    assert labels.pop("description")
    assert labels | LABELS == labels
    assert labels["title"] == f"vitrina-{name}"
    assert (labels["version"], labels["licenses"]) == (project["version"], project["license"])


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_compiled_where_it_runs(name: str) -> None:
    code = f"""if True:
        import importlib, os, sys
        importlib.import_module({MAIN[name]!r})
        specs = [module.__spec__ for module in sys.modules.values() if module.__spec__]
        cached = {{spec.cached for spec in specs if spec.cached}}
        print(len(cached), *(file for file in cached if not os.path.exists(file)))
    """
    found, *missing = _run(name, "python", "-c", code).split()
    assert missing == []
    assert int(found) > 100


@pytest.mark.parametrize("service", registry.with_database(), ids=lambda service: service.name)
def test_an_image_has_the_commands_of_its_own_service(service: RegisteredService) -> None:
    shown = _run(service.name, "vitrina", "--help")
    others = {one.name for one in registry.with_database()} - {service.name}
    assert f"Commands of the {service.name} service." in shown
    assert not [name for name in others if f"Commands of the {name} service." in shown]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_send_spans(name: str) -> None:
    code = "from shared.http.spans import Spans; print(Spans.__name__)"
    assert _run(name, "python", "-c", code) == "Spans\n"


@pytest.mark.parametrize("name", CODE)
def test_no_address_of_a_package_index_stays_in_an_image(name: str) -> None:
    history = docker("history", "--no-trunc", f"vitrina-{name}")
    assert "INDEX_URL" not in history
    assert "INDEX_URL" not in json.dumps(_describe(name)["Config"])


@pytest.mark.parametrize("name", CODE)
def test_a_service_adds_little_to_the_base_image(name: str) -> None:
    base: dict[str, Any] = json.loads(docker("inspect", "python:3.13-slim-trixie"))[0]
    assert int(_describe(name)["Size"]) - int(base["Size"]) < MOST_BYTES[name]


def _describe(name: str) -> Mapping[str, Any]:
    described: list[dict[str, Any]] = json.loads(docker("inspect", f"vitrina-{name}"))
    return described[0]


def _run(name: str, program: str, *arguments: str) -> str:
    image = f"vitrina-{name}"
    return docker("run", "--rm", "--network=none", f"--entrypoint={program}", image, *arguments)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
