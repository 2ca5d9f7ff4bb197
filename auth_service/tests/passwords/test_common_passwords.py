"""Passwords that are easy to guess are refused wherever one is set."""

import socket
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from auth_service.administration.first_administrator import (
    CannotMakeAdministrator,
    FirstAdministrator,
    ensure_administrator,
)
from auth_service.models import User
from auth_service.passwords.common import (
    TOO_EASY,
    Known,
    is_about,
    is_common,
)
from auth_service.passwords.rules import EXAMPLE, broken_rules
from auth_service.passwords.strength import common_passwords
from auth_service.tests.conftest import REGISTRATION, bearer, register, sign_in

ANNA = Known("Анна Петрова-Щукина", "a.karenina+shop@example.com", "+79161234567")


def test_the_list_is_long_and_whole() -> None:
    assert len(common_passwords()) >= 20_000
    assert {"123456", "password", "qwerty", "letmein", "iloveyou"} <= common_passwords().keys()


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "PASSWORD",
        "Password1!",
        "!Password!",
        "$1Password:99",
        "P@$$w0rd",
        "Pa$$word:1",
        "$ecret:12",
        "Qwerty123$",
        "1Qaz2wsx!",
        "Qwertyuiop&",
        "A:123456789",
        "Aa:1234567",
        "Letmein!!",
        "L3tm31n!",
        "Iloveyou:A",
        "TrustNo1:",
        "Dragon:2026",
        "   Football1 %",
        "Vitrina$1",
        "V1tr1n@:2026",
        "VitrinaShop!1",
    ],
)
def test_decoration_makes_no_common_password_better(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    [
        EXAMPLE,
        "Another:Word2",
        "Correct:Horse9",
        "Kq7:mzpw",
        "$4718:2947X",
        "A:" + "x" * 126,
        "Aa:bcdef",
    ],
)
def test_others_pass(password: str) -> None:
    assert not is_common(password)
    assert not is_about(password, ANNA)


@pytest.mark.parametrize(
    "password",
    [
        "Petrova:1",
        "P3tr0v@!",
        "AnnaPetrova$",
        "Shchukina&77",
        "Karenina:99",
        "A.Karenina!",
        "A:9161234567",
        "+79161234567:A",
        "89161234567:A",
        "Anna1234567!",
        "AnnaPassword!",
        "Example:Anna1",
        "VitrinaAnna:1",
    ],
)
def test_what_is_known_of_a_person_makes_no_password(password: str) -> None:
    assert is_about(password, ANNA)


@given(st.text(max_size=128), st.text(max_size=50), st.emails(), st.text(max_size=12))
def test_any_text_has_a_verdict(password: str, name: str, email: str, phone: str) -> None:
    assert is_about(password, Known(name, email, phone)) in {True, False}


@given(st.from_regex(r"[A-Z]:[a-z]{12}[0-9]{3}", fullmatch=True))
def test_twelve_letters_at_random_are_hardly_ever_refused(password: str) -> None:
    letters = password[2:14]
    assert not is_common(password) or letters in common_passwords()


def test_a_long_text_is_not_compared() -> None:
    assert broken_rules("Password1!" * 100_000) == ["Must have 8 to 128 characters"]


def test_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert is_common("Password1!")


@pytest.mark.parametrize("password", ["Password1!", "Petrova:1", "A:9161234567", "Anna&example1"])
async def test_nobody_registers_with_one(client: httpx2.AsyncClient, password: str) -> None:
    body = {**REGISTRATION, "password": password, "password_confirmation": password}

    response = await client.post("/api/v1/auth/register", json=body)

    assert response.status_code == 422
    messages = [field["message"] for field in response.json()["fields"]]
    assert messages[0] == TOO_EASY
    assert "Add another word or two. Uncommon words are better." in messages[1:]
    assert not await User.exists()


@pytest.mark.parametrize("password", ["Password1!", "Petrova:1"])
async def test_nobody_changes_to_one(client: httpx2.AsyncClient, password: str) -> None:
    await register(client)
    pair = await sign_in(client)
    body = {
        "current_password": REGISTRATION["password"],
        "password": password,
        "password_confirmation": password,
    }

    response = await client.post("/api/v1/auth/password/change", json=body, headers=bearer(pair))

    assert response.status_code == 422
    messages = [field["message"] for field in response.json()["fields"]]
    assert messages[0] == TOO_EASY
    assert "Add another word or two. Uncommon words are better." in messages[1:]
    await sign_in(client)


async def test_nor_does_the_first_administrator_have_one(app: FastAPI, tmp_path: Path) -> None:
    first = FirstAdministrator(
        full_name="Boris",
        email="boss@example.com",
        phone="+70000000000",
        password="Boris:Boss1",
        password_file=None,
    )

    with pytest.raises(CannotMakeAdministrator, match="password is too easy to guess"):
        await ensure_administrator(first, hasher=app.state.hasher)

    assert not await User.exists()
