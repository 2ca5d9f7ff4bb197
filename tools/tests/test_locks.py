"""The locks agree with pyproject.toml, and what does not is named."""

import shutil
from pathlib import Path

import pytest

from tools import locks


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(locks.ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(locks.ROOT / locks.LOCKS, tmp_path / locks.LOCKS)
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_what_is_committed_agrees() -> None:
    assert locks.differences() == []


def test_a_direct_requirement_that_is_not_locked_is_named(copy: Path) -> None:
    edit(copy / "pyproject.toml", "psutil==7.2.2", "psutil==7.2.1")
    assert "pyproject.toml wants psutil 7.2.1, its lock has 7.2.2" in locks.differences(copy)


def test_another_version_in_one_set_is_named(copy: Path) -> None:
    pinned = locks.versions((copy / "requirements/auth.txt").read_text())["asyncpg"]
    edit(copy / "requirements/auth.txt", f"asyncpg=={pinned}", "asyncpg==0.1")
    assert locks.differences(copy) == [f"auth.txt wants asyncpg 0.1, its lock has {pinned}"]


def test_what_uv_would_install_besides_is_named(copy: Path) -> None:
    file = copy / "pyproject.toml"
    file.write_text(locks.constrained(file.read_text(), {"six": "1.0"}))
    assert locks.differences(copy) == ["the constraints of [tool.uv] are not those of dev.txt"]


def test_a_tool_of_another_version_is_named(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "TOOLS", {"uv": "uv==0.0.1"})
    assert locks.differences(copy)[0].startswith("uv wants uv 0.0.1, its lock has 0.")


def test_extras_and_markers_do_not_hide_a_version() -> None:
    text = (
        'Tortoise_ORM[asyncpg]==1.1.9 \\\n    --hash=sha256:00\ncolorama==0.4.6 ; os_name == "nt"\n'
    )
    assert locks.versions(text) == {"tortoise-orm": "1.1.9", "colorama": "0.4.6"}
