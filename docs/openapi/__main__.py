"""Write the OpenAPI documents, or with --check tell whether they are as committed.

auth.json and catalog.json are what the services show, gateway.json is what people read.
"""

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from auth_service.main import create_app as create_auth
from catalog_service.main import create_app as create_catalog
from gateway.main import build_pages
from gateway.openapi import merge

FOLDER = Path(__file__).parent
ENVIRONMENT = {
    "AUTH_DATABASE_URL": "postgres://nobody@localhost/none",
    "AUTH_SECRETS": json.dumps(["x" * 32]),
    "INTERNAL_SECRETS": json.dumps(["x" * 32]),
    "CATALOG_DATABASE_URL": "postgres://nobody@localhost/none",
    "CATALOG_SECRETS": json.dumps(["x" * 32]),
}


@asynccontextmanager
async def _nothing(_app: FastAPI) -> AsyncIterator[None]:
    yield


def documents() -> dict[str, dict[str, Any]]:
    """Return the document of each process, by its name."""
    auth, catalog = create_auth().openapi(), create_catalog().openapi()
    gateway = build_pages(_nothing, public_url="http://localhost:8000")
    return {
        "auth": auth,
        "catalog": catalog,
        "gateway": merge(gateway.openapi(), auth, catalog),
    }


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
