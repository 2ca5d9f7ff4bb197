"""Errors in the language of the client."""

import httpx2
import pytest

RUSSIAN = {"Accept-Language": "ru-RU, ru;q=0.9, en;q=0.1"}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nowhere", "Здесь ничего нет."),
        ("/things/limited", "Слишком много запросов; попробуйте позже."),
        ("/things/methods", "Этот метод здесь не разрешён."),
        ("/things/boom", "Что-то сломалось на нашей стороне."),
        ("/things/away", "Сервис сейчас недоступен; попробуйте чуть позже."),
    ],
)
async def test_an_error_is_reported_in_the_readers_language(
    client: httpx2.AsyncClient, path: str, message: str
) -> None:
    english, russian = await client.get(path), await client.get(path, headers=RUSSIAN)

    assert russian.json() == {**english.json(), "message": message}
    assert russian.json()["error"] == english.json()["error"]
    for response, language in ((english, "en"), (russian, "ru")):
        assert response.headers["content-language"] == language
        assert response.headers["vary"] == "Accept-Language"
        assert int(response.headers["content-length"]) == len(response.content)


async def test_broken_rules_are_reported_with_their_values(client: httpx2.AsyncClient) -> None:
    response = await client.get("/things?page=1.5&size=101", headers=RUSSIAN)

    assert response.json()["message"] == "Некоторые поля заполнены неверно."
    assert {field["field"]: field["message"] for field in response.json()["fields"]} == {
        "page": "Должно быть целое число, записанное обычными цифрами",
        "size": "Должно быть не больше 100",
    }


async def test_the_401_is_the_same_in_every_language(client: httpx2.AsyncClient) -> None:
    response = await client.get("/things/mine", headers=RUSSIAN)

    assert response.content == b'{"code":401,"message":"Unauthorized"}'
    assert "content-language" not in response.headers
    assert "vary" not in response.headers


async def test_a_response_that_is_no_error_has_no_language(client: httpx2.AsyncClient) -> None:
    response = await client.get("/things", headers=RUSSIAN)

    assert response.status_code == 200
    assert "content-language" not in response.headers
