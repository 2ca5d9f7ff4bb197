"""Everything here but `test_front` needs a container engine; images are built once, before it."""

from collections.abc import Iterator

import pytest

from testing.composed import BUILD_TIMEOUT, LABELS, Composed, composed, docker
from tests.containers.production import served


@pytest.fixture(scope="session")
def engine() -> None:
    """A container engine that answers."""
    try:
        docker("version")
    except Exception as error:
        pytest.exit(f"These tests need a container engine, and none answers: {error}", 1)


@pytest.fixture(scope="session")
def images(engine: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The images of this very code."""
    known = [f"VITRINA_{name.upper()}={value}\n" for name, value in LABELS.items()]
    with composed(tmp_path_factory.mktemp("build"), settings="".join(known)) as project:
        project.run("build", timeout=BUILD_TIMEOUT)


@pytest.fixture
def fresh(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """A system that has never been started."""
    with composed(tmp_path_factory.mktemp("fresh")) as project:
        yield project


@pytest.fixture(scope="package")
def running(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """A running system: break parts of it, but leave it ready."""
    with composed(tmp_path_factory.mktemp("running")) as project:
        project.up()
        yield project


@pytest.fixture(scope="package")
def server(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """The running system of a server: break parts of it, but leave it ready."""
    with served(tmp_path_factory.mktemp("server")) as project:
        yield project
