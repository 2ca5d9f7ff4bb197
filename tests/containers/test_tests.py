"""The tests run in a container too, and leave nothing."""

from pathlib import Path

import pytest

from testing.composed import BUILD_TIMEOUT, composed, docker

pytestmark = [pytest.mark.containers, pytest.mark.usefixtures("engine")]


def test_the_tests_run_in_a_container_and_leave_nothing(tmp_path: Path) -> None:
    with composed(tmp_path, "docker-compose.test.yml") as project:
        project.run("build", timeout=BUILD_TIMEOUT)
        some = (
            "python",
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-q",
            "catalog_service/tests/cart",
        )
        said = project.run("run", "--rm", "tests", *some, timeout=BUILD_TIMEOUT)
        assert " passed" in said
        assert " failed" not in said
        assert "127.0.0.1" in project.run("port", "db_test", "5432")
        project.run("down", "--volumes")
        for kind in (("ps", "--all"), ("volume", "ls"), ("network", "ls")):
            label = f"label=com.docker.compose.project={project.project}"
            assert docker(*kind, "--quiet", "--filter", label) == ""
