"""Signing up."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from auth_service.tests.conftest import REGISTRATION

PATH = "/api/v1/auth/register"


def broken_fields(response: httpx2.Response) -> set[str]:
    assert response.status_code == 422, response.text
    body = response.json()
    assert body["error"] == "validation_failed"
    return {problem["field"] for problem in body["fields"]}


async def test_a_new_account_is_shown_without_its_password(client: httpx2.AsyncClient) -> None:
    response = await client.post(PATH, json=REGISTRATION)

    assert response.status_code == 201, response.text
    user = response.json()
    assert (
        user.items()
        >= {
            "full_name": "Анна Петрова",
            "email": "anna@example.com",
            "phone": "+79161234567",
            "roles": ["user"],
            "is_active": True,
            "is_email_verified": False,
        }.items()
    )
    assert "password" not in response.text
    assert user["created_at"].endswith("Z")


@pytest.mark.parametrize("field", sorted(REGISTRATION))
async def test_every_field_is_required(client: httpx2.AsyncClient, field: str) -> None:
    without = {name: value for name, value in REGISTRATION.items() if name != field}

    assert broken_fields(await client.post(PATH, json=without)) == {field}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", ""),
        ("full_name", "   "),
        ("full_name", "x" * 201),
        ("full_name", "x" * 10_000),
        ("full_name", "nul\x00"),
        ("full_name", "two\nlines"),
        ("full_name", "next\u0085line"),
        ("full_name", "paragraph\u2029end"),
        ("full_name", "\u202eoverride"),
        ("full_name", "\u200b"),
        ("full_name", "\u3164"),
        ("full_name", "\u2800\u115f"),
        ("full_name", "Ann \u2067isolated"),
        ("full_name", "Ann \u200fmarked"),
        ("full_name", 7),
        ("email", "anna"),
        ("email", "anna@"),
        ("email", "аnna@example.com"),  # the first letter is Cyrillic
        ("email", "anna@exa mple.com"),
        ("email", "anna\x00@example.com"),
        ("email", "a" * 65 + "@example.com"),
        ("email", "a" * 10_000 + "@example.com"),
        ("email", None),
        ("phone", "+7916123456"),
        ("phone", "+791612345678"),
        ("phone", "+7916123456a"),
        ("phone", "+7abcdefghij"),
        ("phone", "89161234567"),
        ("phone", "+7 916 123 45 67"),
        ("phone", "+79161234567\n"),
        ("phone", "+7٩١٦١٢٣٤٥٦٧"),  # Arabic digits
        ("phone", 79161234567),
    ],
)
async def test_a_field_that_breaks_its_rule_is_named(
    client: httpx2.AsyncClient, field: str, value: Any
) -> None:
    response = await client.post(PATH, json={**REGISTRATION, field: value})

    assert broken_fields(response) == {field}


@pytest.mark.parametrize(
    ("password", "sentences"),
    [
        ("A:short", {"Must have 8 to 128 characters"}),
        ("A:" + "x" * 127, {"Must have 8 to 128 characters"}),
        ("no:upper-case", {"Must have an upper-case letter"}),
        ("NoSpecial#1", {"Must have one of $%&!:"}),
        ("Пароль:Abc", {"Must consist of printable ASCII characters"}),
        ("Tab\tinside:1", {"Must consist of printable ASCII characters"}),
        (
            "пар",
            {
                "Must have 8 to 128 characters",
                "Must consist of printable ASCII characters",
                "Must have an upper-case letter",
                "Must have one of $%&!:",
            },
        ),
    ],
)
async def test_every_broken_password_rule_is_reported(
    client: httpx2.AsyncClient, password: str, sentences: set[str]
) -> None:
    body = {**REGISTRATION, "password": password, "password_confirmation": password}

    response = await client.post(PATH, json=body)

    assert broken_fields(response) == {"password"}
    assert {problem["message"] for problem in response.json()["fields"]} == sentences
    assert password not in response.text


async def test_thousands_of_unknown_fields_are_one_mistake(client: httpx2.AsyncClient) -> None:
    body = {**REGISTRATION, **{str(n): 1 for n in range(9_000)}}

    response = await client.post(PATH, json=body)

    assert response.status_code == 422
    assert len(response.json()["fields"]) == 1


async def test_a_body_that_nobody_needs_is_refused_unread(client: httpx2.AsyncClient) -> None:
    async def in_chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"[" * 10_000

    headers = {"Content-Type": "application/json"}
    announced = await client.post(PATH, json={**REGISTRATION, "full_name": "x" * 2**18})
    counted = await client.post(PATH, content=in_chunks(), headers=headers)

    for response in (announced, counted):
        assert (response.status_code, response.json()["error"]) == (413, "payload_too_large")


async def test_all_broken_rules_come_in_one_response(client: httpx2.AsyncClient) -> None:
    body = {
        "full_name": "",
        "email": "nobody",
        "phone": "112",
        "password": "weak",
        "password_confirmation": "other",
        "role": "admin",
    }

    fields = broken_fields(await client.post(PATH, json=body))

    assert fields == {
        "full_name",
        "email",
        "phone",
        "password",
        "password_confirmation",
        "role",
    }


async def test_the_two_passwords_must_be_equal(client: httpx2.AsyncClient) -> None:
    body = {**REGISTRATION, "password_confirmation": "Open:Sesame2"}

    assert broken_fields(await client.post(PATH, json=body)) == {"password_confirmation"}


@pytest.mark.parametrize(
    "password", ["Aa:qdbwz", ("A:8#kd20fjQ" * 12)[:128], "With space $ 1 Z", '"\\A{}%~:']
)
async def test_a_password_at_the_edge_of_the_rules_is_taken(
    client: httpx2.AsyncClient, password: str
) -> None:
    body = {**REGISTRATION, "password": password, "password_confirmation": password}

    assert (await client.post(PATH, json=body)).status_code == 201
    login = {"login": "anna@example.com", "password": password}
    assert (await client.post("/api/v1/auth/login", json=login)).status_code == 200


@pytest.mark.parametrize(
    "name", ["👩‍👩‍👧 Семья", "שרה כהן", "مريم", "Ünïcödé", "O'Brien; DROP TABLE users"]
)
async def test_names_of_any_script_are_kept_exactly(client: httpx2.AsyncClient, name: str) -> None:
    response = await client.post(PATH, json={**REGISTRATION, "full_name": name})

    assert response.json()["full_name"] == name


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("ANNA@EXAMPLE.COM", "anna@example.com"),
        ("  anna@example.com ", "anna@example.com"),
        ("anna@пример.рф", "anna@xn--e1afmkfd.xn--p1ai"),
        ("anna+shop@example.com", "anna+shop@example.com"),
    ],
)
async def test_an_email_is_stored_in_its_canonical_form(
    client: httpx2.AsyncClient, spelling: str, canonical: str
) -> None:
    response = await client.post(PATH, json={**REGISTRATION, "email": spelling})

    assert response.json()["email"] == canonical


async def test_a_taken_email_is_a_conflict_in_any_spelling(client: httpx2.AsyncClient) -> None:
    await client.post(PATH, json=REGISTRATION)
    again = {**REGISTRATION, "email": "Anna@Example.com", "phone": "+79160000000"}

    response = await client.post(PATH, json=again)

    assert (response.status_code, response.json()["error"]) == (409, "email_taken")


async def test_a_taken_phone_is_a_conflict(client: httpx2.AsyncClient) -> None:
    await client.post(PATH, json=REGISTRATION)

    response = await client.post(PATH, json={**REGISTRATION, "email": "other@example.com"})

    assert (response.status_code, response.json()["error"]) == (409, "phone_taken")


async def test_of_fifty_registrations_of_one_email_one_wins(client: httpx2.AsyncClient) -> None:
    bodies = [{**REGISTRATION, "phone": f"+791600000{n:02}"} for n in range(50)]

    responses = await asyncio.gather(*(client.post(PATH, json=body) for body in bodies))

    codes = sorted(response.status_code for response in responses)
    assert codes == [201] + 49 * [409]
    errors = {r.json()["error"] for r in responses if r.status_code == 409}
    assert errors == {"email_taken"}


@pytest.mark.parametrize(
    ("content", "content_type", "status", "error"),
    [
        (b"{", "application/json", 400, "malformed_body"),
        (b"\xff\xfe", "application/json", 400, "malformed_body"),
        (b"[" * 100_000, "application/json", 400, "malformed_body"),
        (b'{"phone": ' + b"9" * 100_000 + b"}", "application/json", 400, "malformed_body"),
        (b"", "application/json", 422, "validation_failed"),
        (b"[]", "application/json", 422, "validation_failed"),
        (b'"text"', "application/json", 422, "validation_failed"),
        (b"null", "application/json", 422, "validation_failed"),
        (b'{"full_name": "\\ud800"}', "application/json", 422, "validation_failed"),
        (b"full_name=Anna", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
    ],
)
async def test_a_body_that_is_no_registration_gets_a_clear_error(
    client: httpx2.AsyncClient, content: bytes, content_type: str, status: int, error: str
) -> None:
    response = await client.post(PATH, content=content, headers={"Content-Type": content_type})

    assert (response.status_code, response.json()["error"]) == (status, error), response.text
