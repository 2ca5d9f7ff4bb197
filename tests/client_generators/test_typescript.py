"""Two generators make types for TypeScript that the strictest compiler takes, and that work."""

import shutil
from pathlib import Path

import pytest

from tests.client_generators.generating import FOLDER, MERGED, run

pytestmark = pytest.mark.node

COMPILE = (
    *("tsc", "--strict", "--noEmit", "--noUncheckedIndexedAccess"),
    *("--target", "es2022", "--lib", "es2022,dom,dom.iterable"),
    *("--module", "esnext", "--moduleResolution", "bundler"),
)


def test_openapi_typescript(tmp_path: Path) -> None:
    run("openapi-typescript", MERGED, "--output", tmp_path / "api.d.ts", folder=tmp_path)
    shutil.copy(FOLDER / "use_openapi_typescript.ts", tmp_path)

    run(*COMPILE, "use_openapi_typescript.ts", folder=tmp_path)


def test_hey_api(tmp_path: Path) -> None:
    run("openapi-ts", "--input", MERGED, "--output", tmp_path / "client", folder=tmp_path)
    shutil.copy(FOLDER / "use_hey_api.ts", tmp_path)

    run(*COMPILE, "use_hey_api.ts", folder=tmp_path)
