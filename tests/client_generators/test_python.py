"""openapi-python-client makes a client that mypy takes, and that works."""

import json
import re
import shutil
from pathlib import Path

import pytest

from testing.people import PASSWORD, Person, Shop
from tests.client_generators.generating import FOLDER, MERGED, python

pytestmark = pytest.mark.node

USE = "use_python_client.py"
SNAKE = re.compile("(?<!^)(?=[A-Z])")


def test_every_operation_is_generated(python_client: Path) -> None:
    document = json.loads(MERGED.read_text())
    names = {
        SNAKE.sub("_", operation["operationId"]).lower()
        for methods in document["paths"].values()
        for operation in methods.values()
    }

    modules = {file.stem for file in (python_client / "vitrina_client" / "api").glob("*/*.py")}

    assert names <= modules


def test_only_media_types_that_it_does_not_know_are_left_out(python_client: Path) -> None:
    """Bodies can be sent as `application/octet-stream` instead; of responses it keeps the bytes."""
    output = (python_client / "warnings").read_text()

    left_out = re.findall(
        r"WARNING parsing (\S+ \S+) .*\s+.*nsupported content[ _]type ([\w/+.-]+)", output
    )
    assert output.count("WARNING") == len(left_out)
    assert set(left_out) == {
        ("POST /api/v1/products/import", "text/csv"),
        ("POST /api/v1/products/import", "application/x-ndjson"),
        ("POST /api/v1/recipients/import", "text/csv"),
        ("POST /api/v1/recipients/import", "application/x-ndjson"),
        ("POST /api/v1/drafts/{draft_id}/cover", "image/jpeg"),
        ("POST /api/v1/drafts/{draft_id}/cover", "image/png"),
        ("POST /api/v1/drafts/{draft_id}/cover", "image/webp"),
        ("GET /api/v1/pictures/{name}", "image/webp"),
        ("GET /api/v1/articles/feed.atom", "application/atom+xml"),
    }


@pytest.mark.parametrize(
    ("module", "response"),
    [("managing_products/export_products", "str"), ("audit/export_audit_events", "File")],
)
def test_exports_have_a_type(python_client: Path, module: str, response: str) -> None:
    source = (python_client / "vitrina_client" / "api" / f"{module}.py").read_text()

    returned = re.search(r"^def sync\(.*?\) -> (.*?):$", source, re.M | re.S)

    assert returned
    assert response in returned[1].split(" | ")


async def test_it_is_typed_and_reads_the_shop(python_client: Path, shop: Shop, url: str) -> None:
    shutil.copy(FOLDER / USE, python_client)
    person = Person()
    (await shop.register(person)).raise_for_status()

    python("-m", "mypy", "--strict", USE, "vitrina_client", folder=python_client)
    python(USE, url, person.email, PASSWORD, folder=python_client)
