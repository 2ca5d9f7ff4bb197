"""What is written down about the API and the settings is what the code says."""

import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from tools import env_sample

ROOT = Path(__file__).parents[2]


def is_setting(line: str) -> bool:
    return re.match(r"#[A-Z]", line) is not None


@pytest.mark.parametrize("module", ["tools.openapi", "tools.env_sample"])
def test_the_committed_documents_are_those_of_the_code(module: str) -> None:
    command = [sys.executable, "-m", module, "--check"]

    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stderr


def test_the_sample_names_every_setting_once_with_a_sentence() -> None:
    lines = (ROOT / ".env.sample").read_text().splitlines()
    names = [line[1:].partition("=")[0] for line in lines if is_setting(line)]
    expected = {name for fields in env_sample.settings().values() for name in fields}

    assert set(names) == expected | env_sample.OTHERS.keys()
    assert len(names) == len(set(names))
    for previous, line in pairwise(lines):
        if is_setting(line):
            assert previous.startswith("# ")


def test_the_sample_begins_with_what_nearly_everybody_sets() -> None:
    lines = (ROOT / ".env.sample").read_text().splitlines()
    names = [line[1:].partition("=")[0] for line in lines if is_setting(line)]
    first = [name for group in env_sample.FIRST.values() for name in group]

    assert names[: len(first)] == first
    assert {"PUBLIC_URL", "AUTH_ADMIN_EMAIL", "AUTH_SMTP_HOST", "CATALOG_CURRENCY"} <= {*first}


JSON_SETTINGS = {
    name: field
    for fields in env_sample.settings().values()
    for name, field in fields.items()
    if env_sample.is_json(field)
}


def test_all_json_settings_are_found() -> None:
    lines = (ROOT / ".env.sample").read_text().splitlines()
    lists = {line[1:].partition("=")[0] for line in lines if line.endswith("=[]")}

    assert lists | {"AUTH_SECRETS", "CATALOG_SECRETS", "INTERNAL_SECRETS"} <= JSON_SETTINGS.keys()


@pytest.mark.parametrize("name", JSON_SETTINGS)
def test_the_example_of_a_json_setting_is_taken_unless_it_would_be_a_secret(name: str) -> None:
    field = JSON_SETTINGS[name]
    lines = (ROOT / ".env.sample").read_text().splitlines()
    (example,) = [
        line.partition("=")[2] for line in lines if line.startswith(f"# Example: {name}=")
    ]
    kind: Any = Annotated[field.annotation, name, *field.metadata]
    setting = TypeAdapter[Any](kind)

    if name.endswith("SECRETS"):
        with pytest.raises(ValidationError, match="32 characters"):
            setting.validate_json(example)
    else:
        assert setting.validate_json(example)


def test_every_route_of_the_gateway_is_documented() -> None:
    document = json.loads((ROOT / "docs/openapi/gateway.json").read_text())

    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)


def test_no_document_names_this_machine() -> None:
    for file in (ROOT / "docs").rglob("*.json"):
        assert f"{ROOT}/" not in file.read_text()
        assert os.uname().nodename not in file.read_text() or os.uname().nodename == "localhost"
