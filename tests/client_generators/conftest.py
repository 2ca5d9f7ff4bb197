"""The generated clients, each made once."""

from pathlib import Path

import pytest

from tests.client_generators.generating import MERGED, run


@pytest.fixture(scope="session")
def python_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package `vitrina_client`, and what its generator warned of."""
    folder = tmp_path_factory.mktemp("python")
    generate = ("generate", "--output-path", "project", "--path", MERGED)
    generated = run("openapi-python-client", *generate, folder=folder)
    (folder / "project" / "warnings").write_text(generated.stderr)
    return folder / "project"


@pytest.fixture(scope="session")
def kotlin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source of a Kotlin client."""
    folder = tmp_path_factory.mktemp("kotlin")
    run("openapi-generator-cli", "generate", "-g", "kotlin", "-i", MERGED, folder=folder)
    return folder / "src" / "main" / "kotlin"


@pytest.fixture(scope="session")
def swift(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source of a Swift client."""
    folder = tmp_path_factory.mktemp("swift")
    run("openapi-generator-cli", "generate", "-g", "swift6", "-i", MERGED, folder=folder)
    return folder / "Sources"
