"""What clients should not send: each is refused in the one shape, or kept exactly as it came."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from testing.people import PASSWORD, Person, Shop, bearer

REGISTER = "/api/v1/auth/register"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"full_name": "\\ud800"}', "application/json", 422),
        (b"[" * 100_000, "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"", "application/json", 422),
    ],
)
async def test_a_body_that_is_no_json_is_refused_in_the_one_shape(
    shop: Shop, content: bytes, content_type: str, status: int
) -> None:
    headers = {"Content-Type": content_type}
    answer = await shop.client.post(REGISTER, content=content, headers=headers)
    assert answer.json()["code"] == answer.status_code
    assert answer.status_code == status
    assert answer.json()["error"]


async def test_a_body_over_the_limit_is_a_413(shop: Shop) -> None:
    answer = await shop.client.post(REGISTER, content=b" " * (1024 * 1024 + 1), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, 413)


async def test_a_body_over_the_limit_is_a_413_in_pieces_too(shop: Shop) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * 65536

    answer = await shop.client.post(REGISTER, content=pieces(), headers=JSON)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"full_name": "x" * 10_000}, "full_name"),
        ({"full_name": "Анна\0"}, "full_name"),
        ({"email": "аnna@example.com"}, "email"),  # the first letter is Cyrillic
        ({"phone": "+7abcdefghij"}, "phone"),
        ({"phone": "+7٩١٢٣٤٥٦٧٨٩"}, "phone"),
        ({"password": "пароль$A"}, "password"),
        ({"password_confirmation": "Vitrina$2"}, "password_confirmation"),
        ({"is_admin": True}, "is_admin"),
    ],
)
async def test_a_registration_that_breaks_a_rule_names_it(
    shop: Shop, changed: dict[str, object], field: str
) -> None:
    answer = await shop.client.post(REGISTER, json={**Person().registration, **changed})
    assert answer.status_code == 422
    assert field in {named["field"] for named in answer.json()["fields"]}


@pytest.mark.parametrize("name", ["Анна-Мария 🎉👩‍👩‍👧", "محمد علي", "é vs é"])
async def test_a_name_is_kept_exactly(shop: Shop, name: str) -> None:
    anna = Person(full_name=name)
    assert (await shop.register(anna)).json()["full_name"] == name
    token = (await shop.sign_in(anna.email)).json()["access_token"]
    assert (await shop.get("/api/v1/users/me", token)).json()["full_name"] == name


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"size": 101}, "size"),
        ({"page": 0}, "page"),
        ({"page": "two"}, "page"),
        ({"size": -1}, "size"),
        ({"page": 10**30}, "page"),
    ],
)
async def test_a_page_that_cannot_be_names_the_field(
    shop: Shop, query: dict[str, object], field: str
) -> None:
    answer = await shop.get("/api/v1/products", await shop.newcomer_token(), **query)
    assert answer.status_code == 422
    assert [named["field"] for named in answer.json()["fields"]] == [field]


async def test_a_token_counts_in_the_header_only_and_once(shop: Shop) -> None:
    token = await shop.newcomer_token()
    twice = [("Authorization", f"Bearer {token}")] * 2
    answers = [
        await shop.get("/api/v1/products", access_token=token),
        await shop.client.get("/api/v1/products", headers={"Cookie": f"access_token={token}"}),
        await shop.client.get("/api/v1/products", headers=twice),
        await shop.client.get("/api/v1/products", headers=bearer(token + "x")),
        await shop.client.get("/api/v1/products", headers={"Authorization": f"Basic {token}"}),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    "path", ["/api/v1/products/..", "/api/v1//products", "/api/v1/%2e%2e/products", "/api/v1%2fx"]
)
async def test_a_tricky_path_is_a_400_before_anything_else(shop: Shop, path: str) -> None:
    url = str(shop.client.base_url).rstrip("/")
    host, port = url.removeprefix("http://").rsplit(":", 1)
    assert await _status_of(host, int(port), path) == 400


async def _status_of(host: str, port: int, path: str) -> int:
    """Ask as raw as a client library does not."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    head = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return int(head.split()[1])


async def test_a_wrong_password_and_a_stranger_get_the_same(shop: Shop) -> None:
    anna = Person()
    await shop.register(anna)
    wrong = await shop.sign_in(anna.email, PASSWORD + "x")
    stranger = await shop.sign_in(Person().email)
    assert wrong.status_code == stranger.status_code == 401
    assert wrong.content == stranger.content
