"""The catalogues of messages hold what the code says, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, ConfigDict, Field

from tools import messages
from tools.validation_rules import rules

ROOT = Path(__file__).parents[2]
ENTRY = 'msgid "Hello {name}"\nmsgstr "Привет, {name}"\n'


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lines: list[int] = Field(min_length=1)
    note: str = Field(default="", max_length=100)


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    return tmp_path / "ru.po"


def wanted(*texts: str) -> Catalog:
    catalog = Catalog()
    for text in texts:
        catalog.add(text)
    return catalog


def test_the_catalogues_hold_what_the_code_says() -> None:
    command = [sys.executable, "-m", "tools.messages", "--check"]

    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (ENTRY, None),
        ("", "not translated: 'Hello {name}'"),
        ('msgid "Hello {name}"\nmsgstr ""\n', "not translated: 'Hello {name}'"),
        (f'{ENTRY}\nmsgid "Bye"\nmsgstr "Пока"\n', "not used any more: 'Bye'"),
        (f"#, fuzzy\n{ENTRY}", "marked as fuzzy: 'Hello {name}'"),
        (ENTRY.replace("т, {name}", "т, {nam}"), "has other values than its English text"),
    ],
)
def test_what_is_wrong_with_a_catalogue_is_said(
    file: Path, written: str, fault: str | None
) -> None:
    file.write_text(written)

    faults = list(messages.faults(file, wanted("Hello {name}")))

    assert len(faults) == bool(fault)
    assert fault is None or fault in faults[0]


def test_a_message_that_nothing_can_find_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "PACKAGES", ("package",))
    package = file.parent / "package"
    package.mkdir()
    (package / "module.py").write_text(
        'FieldProblem("x", f"{n} left")\nFieldProblem(f"{n}", "A")\nSentence(a)'
    )

    assert list(messages.unreadable()) == [
        "package/module.py:1: a message with values must be a Sentence",
        "package/module.py:3: a Sentence must be given a literal",
    ]


def test_the_rules_that_a_request_can_break_are_those_of_its_schemas() -> None:
    router = APIRouter()

    @router.post("/orders")
    async def place(order: Order, page: int = 1) -> None:
        """Nothing."""

    app = FastAPI()
    app.include_router(router)

    assert rules(app) == {
        "missing", "model_type", "model_attributes_type", "extra_forbidden", "list_type",
        "too_short", "int_type", "int_parsing", "int_parsing_size", "int_from_float",
        "string_type", "string_unicode", "string_too_long",
    }  # fmt: skip
