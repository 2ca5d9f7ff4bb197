"""Write the OpenAPI documents, or with --check tell whether they are as committed.

Those of the services are what each shows, gateway.json is what people read.
"""

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from gateway.main import build_pages
from gateway.openapi.merge import merge
from standalone import registry

FOLDER = Path(__file__).parents[1] / "docs/openapi"
ENVIRONMENT = {
    f"{service.prefix}DATABASE_URL": "postgres://nobody@localhost/none"
    for service in registry.with_database()
} | {
    secret.upper(): json.dumps(["x" * 32])
    for service in registry.services()
    for secret in service.secrets
}


@asynccontextmanager
async def _nothing(_app: FastAPI) -> AsyncIterator[None]:
    yield


def applications() -> dict[str, FastAPI]:
    """Build each service that has a document, by its name."""
    return {
        service.name: import_module(f"{service.package}.main").create_app()
        for service in registry.documented()
    }


def documents() -> dict[str, dict[str, Any]]:
    """Return the document of each process, by its name."""
    found = {name: application.openapi() for name, application in applications().items()}
    gateway = build_pages(_nothing, public_url="http://localhost:8000")
    return {**found, "gateway": merge(gateway.openapi(), *found.values())}


def main(arguments: list[str]) -> int:
    """Write or check; return the exit status."""
    os.environ.update(ENVIRONMENT)
    stale = []
    for name, document in documents().items():
        file = FOLDER / f"{name}.json"
        text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        if "--check" not in arguments:
            file.write_text(text)
        elif not file.exists() or file.read_text() != text:
            stale.append(file.name)
    if stale:
        sys.stderr.write(f"{', '.join(stale)}: not as the code says; run make openapi\n")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
