"""Commands end with one sentence and an exit code that says what kind of end it was."""

import json
from datetime import UTC, datetime

import pytest
from pydantic_settings import SettingsConfigDict

from shared.commands.groups import command_group
from shared.commands.layout import (
    AsJson,
    CommandFailed,
    ServiceCommands,
    command,
    print_json,
)
from shared.errors import Conflict, FieldProblem, UnprocessableEntity
from shared.migrating.steps import LocksHeld
from shared.settings import ServiceSettings


class ShopSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    greeting: str = "Hello"


class SoldOut(Conflict):
    """There is nothing left."""


class Odd(Exception):
    """An error that no sentence is known for."""


ERRORS: dict[str, BaseException] = {
    "failed": CommandFailed("the file is empty."),
    "conflict": SoldOut(),
    "fields": UnprocessableEntity([FieldProblem("price", "Must be positive")]),
    "locks": LocksHeld("its tables were in use."),
    "away": ConnectionRefusedError("nothing listens"),
    "interrupt": KeyboardInterrupt(),
    "odd": Odd(),
}

group = command_group()


@command(group, "greet")
async def greet(settings: ShopSettings, name: str, *, as_json: AsJson = False) -> None:
    """Say hello."""
    said = {"greeting": f"{settings.greeting}, {name}", "at": datetime(2026, 11, 29, tzinfo=UTC)}
    print_json(said) if as_json else print(said["greeting"])


@command(group, "fail")
async def fail(_settings: ServiceSettings, kind: str) -> None:
    """Fail in some way."""
    raise ERRORS[kind]


shop = ServiceCommands("shop", group, about="A shop.")


def test_a_command_gets_its_settings_and_its_arguments(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOP_GREETING", "Привет")

    assert shop.main(["greet", "Анна"]) == 0
    assert capsys.readouterr().out == "Привет, Анна\n"


def test_json_is_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert shop.main(["greet", "Anna", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "greeting": "Hello, Anna",
        "at": "2026-11-29T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("kind", "code", "sentence"),
    [
        ("failed", 1, "shop: the file is empty.\n"),
        ("conflict", 1, "shop: There is nothing left.\n"),
        ("fields", 1, "price: Must be positive\nshop: "),
        ("locks", 75, "shop: its tables were in use.\n"),
        ("away", 1, "shop: the database cannot be used: nothing listens\n"),
        ("interrupt", 130, "shop: stopped.\n"),
    ],
)
def test_each_end_has_a_sentence_and_a_code(
    capsys: pytest.CaptureFixture[str], kind: str, code: int, sentence: str
) -> None:
    assert shop.main(["fail", kind]) == code
    said = capsys.readouterr()
    assert said.err.startswith(sentence)
    assert said.out == ""


def test_an_error_that_nobody_expected_keeps_its_traceback() -> None:
    with pytest.raises(Odd):
        shop.main(["fail", "odd"])


@pytest.mark.parametrize("arguments", [[], ["fly"], ["greet"], ["greet", "a", "--loud"]])
def test_wrong_arguments_show_the_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        shop.main(arguments, program="vitrina shop")

    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("Usage: vitrina shop")


def test_a_setting_that_is_wrong_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "loud")

    with pytest.raises(SystemExit) as end:
        shop.main(["greet", "Anna"])

    assert end.value.code == 2
    assert "LOG_LEVEL is not usable" in capsys.readouterr().err
