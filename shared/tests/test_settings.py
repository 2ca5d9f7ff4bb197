"""Settings come from the environment or a folder of secrets, and are refused with a sentence."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import DatabaseUrl, ServiceSettings, load


class Settings(ServiceSettings):
    """Settings of a service that there is not."""

    model_config = SettingsConfigDict(env_prefix="TEST_")

    word: SecretStr
    words: list[str] = Field(default=["a"])
    pause: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(seconds=1)
    url: DatabaseUrl = Field(default=SecretStr("postgres://u:p@h/d"))


def test_secrets_come_from_files_named_like_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "test_word").write_text("from the file\n")
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))

    assert load(Settings).word.get_secret_value() == "from the file"


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test_word").write_text("from the file")
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("TEST_WORD", "from the environment")

    assert load(Settings).word.get_secret_value() == "from the environment"


@pytest.mark.parametrize("nothing", ["", "\n"])
def test_an_empty_file_says_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    nothing: str,
) -> None:
    for name in ("word", "pause", "words"):
        (tmp_path / f"test_{name}").write_text(nothing)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))

    with pytest.raises(SystemExit):
        load(Settings)
    assert capsys.readouterr().err == "TEST_WORD is not set; .env.sample says what it is for.\n"

    monkeypatch.setenv("TEST_WORD", "from the environment")
    assert (load(Settings).pause, load(Settings).words) == (timedelta(seconds=1), ["a"])


@pytest.mark.parametrize("what", ["secrets", "secrets/test_word"])
def test_secrets_of_somebody_else_are_reported_by_their_path(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    what: str,
) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)  # a relative path asks for no rights above it
    Path("secrets").mkdir()
    Path("secrets/test_word").write_text("from the file")
    Path(what).chmod(0)
    monkeypatch.setenv("SECRETS_DIR", "secrets")

    with _not_as_root(), pytest.raises(SystemExit):
        load(Settings)

    told = capsys.readouterr().err
    Path(what).chmod(0o700)
    assert told.startswith("SECRETS_DIR is not usable: user ")
    assert told.endswith(f" cannot read {what} (Permission denied).\n")


def test_a_folder_of_secrets_that_is_not_there_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path / "nowhere"))

    with pytest.raises(SystemExit):
        load(Settings)

    assert f"cannot read {tmp_path / 'nowhere'} (No such file" in capsys.readouterr().err


def test_all_mistakes_are_reported_together_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEST_URL", "mysql://user:hunter2@host/db")
    monkeypatch.setenv("TEST_PORT", "99999")

    with pytest.raises(SystemExit):
        load(Settings)

    told = capsys.readouterr().err
    assert "TEST_WORD is not set" in told
    assert "TEST_URL is not usable: must look like postgres://" in told
    assert "TEST_PORT is not usable" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("given", "seconds"), [("90", 90), ("2.5", 2.5), ("PT1M", 60), ("PT0.25S", 0.25)]
)
def test_a_duration_is_seconds_or_iso_8601(
    monkeypatch: pytest.MonkeyPatch, given: str, seconds: float
) -> None:
    monkeypatch.setenv("TEST_WORD", "123")  # stays a text
    monkeypatch.setenv("TEST_PAUSE", given)

    assert load(Settings).pause == timedelta(seconds=seconds)
    assert load(Settings).word.get_secret_value() == "123"


@pytest.mark.parametrize("given", ["0", "-1", "soon", "1e3", "nan", "9" * 400, "\u0663"])
def test_what_is_no_duration_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: str
) -> None:
    monkeypatch.setenv("TEST_WORD", "x")
    monkeypatch.setenv("TEST_PAUSE", given)

    with pytest.raises(SystemExit):
        load(Settings)

    assert "TEST_PAUSE is not usable" in capsys.readouterr().err


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_WORD", "hunter2")

    assert "hunter2" not in repr(load(Settings))


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("http://localhost:8000/", "http://localhost:8000"),
        ("HTTPS://Shop.Example", "https://shop.example"),
        ("http://localhost:80", "http://localhost"),
        ("https://[::1]:8443/", "https://[::1]:8443"),
    ],
)
def test_an_origin_is_written_one_way(
    monkeypatch: pytest.MonkeyPatch, given: str, origin: str
) -> None:
    monkeypatch.setenv("TEST_WORD", "x")
    monkeypatch.setenv("PUBLIC_URL", given)

    assert load(Settings).public_url == origin


@contextmanager
def _not_as_root() -> Iterator[None]:
    """Root may read everything; as somebody else the block may not."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)
