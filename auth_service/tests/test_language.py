"""Errors of the auth service in the language of the client."""

from typing import Any

import httpx2
import pytest

from auth_service.tests.conftest import REGISTRATION

PATH = "/api/v1/auth/register"
RUSSIAN = {"Accept-Language": "ru"}


async def reported(client: httpx2.AsyncClient, **changes: Any) -> dict[str, list[str]]:
    """Return what is said, in Russian, of each field of a registration."""
    answer = await client.post(PATH, json={**REGISTRATION, **changes}, headers=RUSSIAN)
    assert answer.json()["message"] == "Некоторые поля заполнены неверно."
    found: dict[str, list[str]] = {}
    for problem in answer.json()["fields"]:
        found.setdefault(problem["field"], []).append(problem["message"])
    return found


async def test_each_password_rule_is_reported(client: httpx2.AsyncClient) -> None:
    assert await reported(client, password="ж", password_confirmation="ё") == {
        "password": [
            "Символов должно быть от 8 до 128",
            "Допустимы только печатные символы ASCII",
            "Нужна заглавная латинская буква",
            "Нужен один из символов $%&!:",
        ],
        "password_confirmation": ["Должен повторять пароль"],
    }


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("full_name", "", "Символов должно быть не меньше 1"),
        ("full_name", "x" * 201, "Символов должно быть не больше 200"),
        ("full_name", "a\nb", "Управляющие символы недопустимы"),
        ("full_name", 5, "Должна быть строка"),
        ("full_name", None, "Должна быть строка"),
        ("email", "anna", "Должен быть правильный адрес почты"),
        ("phone", "8916", "Должно быть +7 и десять цифр"),
        ("nickname", "anna", "Такого поля здесь нет"),
    ],
)
async def test_each_rule_of_a_field_is_reported(
    client: httpx2.AsyncClient, field: str, value: object, message: str
) -> None:
    assert await reported(client, **{field: value}) == {field: [message]}


async def test_what_is_said_of_a_body_is_said_of_a_query(client: httpx2.AsyncClient) -> None:
    missing = await client.post(PATH, json={}, headers=RUSSIAN)

    assert {field["message"] for field in missing.json()["fields"]} == {"Обязательное поле"}


async def test_errors_of_the_token_endpoint_are_ascii(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/v1/auth/token", data={"grant_type": "x"}, headers=RUSSIAN)

    assert answer.json()["error"] == "unsupported_grant_type"
    assert answer.text.isascii()
