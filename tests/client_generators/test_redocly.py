"""The documents follow the recommended rules of redocly."""

import json
from pathlib import Path

import pytest

from standalone import registry
from tests.client_generators.generating import DOCUMENTS, run

pytestmark = pytest.mark.node

RECOMMENDED = ("--extends", "recommended", "--format", "json")
REDIRECTS = ("--skip-rule", "operation-2xx-response")
"""The addresses of old emails' links have a 303 and nothing else."""
NAMES = [service.name for service in registry.documented()] + [registry.DOOR]


@pytest.mark.parametrize("name", NAMES)
def test_redocly_finds_nothing(name: str, tmp_path: Path) -> None:
    linted = run(
        "redocly", "lint", *RECOMMENDED, *REDIRECTS, DOCUMENTS / f"{name}.json", folder=tmp_path
    )

    assert json.loads(linted.stdout)["problems"] == []


def test_redocly_would_find_something(tmp_path: Path) -> None:
    document = json.loads((DOCUMENTS / "auth.json").read_text())
    del document["info"]["license"]
    (tmp_path / "broken.json").write_text(json.dumps(document))

    linted = run("redocly", "lint", *RECOMMENDED, *REDIRECTS, "broken.json", folder=tmp_path)

    assert [problem["ruleId"] for problem in json.loads(linted.stdout)["problems"]] == [
        "info-license"
    ]
