"""What is vendored is what npm has, and each change of it is seen without a network."""

import shutil
import subprocess
from pathlib import Path

import pytest

from standalone.settings import ROOT
from tools import vendor


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "web_service/static", tmp_path / "web_service/static")
    return tmp_path


def test_what_is_committed_is_what_was_fetched() -> None:
    assert list(vendor.differences()) == []


def test_a_changed_file_is_seen(copy: Path) -> None:
    file = copy / vendor.FOLDER / "htmx.min.js"
    file.write_bytes(file.read_bytes() + b"\n")
    assert list(vendor.differences(copy)) == [
        "web_service/static/vendor/htmx.min.js: is not the file whose hash"
        " web_service/static/vendor.toml has"
    ]


def test_a_missing_file_and_one_more_are_seen(copy: Path) -> None:
    (copy / vendor.FOLDER / "LICENSE.htmx").rename(copy / vendor.FOLDER / "other.js")
    assert list(vendor.differences(copy)) == [
        "web_service/static/vendor/LICENSE.htmx: is missing",
        "web_service/static/vendor/other.js: web_service/static/vendor.toml does not name it",
    ]


def test_other_bytes_than_pinned_are_refused(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pack(command: list[str], *, check: bool) -> None:
        Path(command[command.index("--pack-destination") + 1], "package.tgz").write_bytes(b"other")

    monkeypatch.setattr(subprocess, "run", pack)
    before = (copy / vendor.LIST).read_text()
    with pytest.raises(vendor.NotAsPinned, match=r"htmx\.org 4\.0\.1 is sha512-"):
        vendor.fetch(copy)
    assert (copy / vendor.LIST).read_text() == before


def test_the_licence_of_each_is_beside_it() -> None:
    licences = {file.name for file in (ROOT / vendor.FOLDER).glob("LICENSE.*")}
    assert licences == {"LICENSE.htmx", "LICENSE.bootstrap"}
