"""What people say of their language and time zone, and the language of their emails."""

from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from fastapi import FastAPI

from auth_service.mail.outbox import Kind
from auth_service.models import User
from auth_service.tests.conftest import REGISTRATION, auth_settings, register
from auth_service.tests.people import Person, act, join
from auth_service.tests.recovery.conftest import LATER, forget
from auth_service.tests.written_emails import RESEND, last
from shared.values.time_zones import time_zones
from testing.clock import MovableClock

ME = "/api/v1/users/me"
SIGN_IN_LINK = "/api/v1/auth/sign-in-link"
ODD_ZONES = (
    "", "Moscow", "europe/moscow", "Europe/Moscow ", "MSK", "+03:00", "localtime", "Factory",
    "posix/Europe/Moscow", "../../etc/passwd", "/etc/localtime", "Europe", "zones", "x" * 100_000,
    "Europe/Moscow\x00", None, 3,
)  # fmt: skip


def said(account: dict[str, Any]) -> tuple[str, str]:
    return account["language"], account["time_zone"]


async def change(client: httpx2.AsyncClient, who: Person, **profile: object) -> httpx2.Response:
    return await client.patch(ME, json=profile, headers=who.headers)


@pytest.mark.parametrize(
    ("header", "given", "expected"),
    [
        (None, {}, ("en", "UTC")),
        ("de", {}, ("en", "UTC")),
        ("de, ru;q=0.1", {}, ("ru", "UTC")),
        ("ru", {"language": "en"}, ("en", "UTC")),
        (None, {"language": "ru", "time_zone": "Asia/Calcutta"}, ("ru", "Asia/Calcutta")),
        ("ru", {"language": None, "time_zone": None}, ("ru", "UTC")),
    ],
)
async def test_a_new_account_has_what_was_given_or_what_the_browser_says(
    client: httpx2.AsyncClient,
    header: str | None,
    given: dict[str, str],
    expected: tuple[str, str],
) -> None:
    if header is not None:
        client.headers["Accept-Language"] = header

    assert said(await register(client, **given)) == expected


async def test_the_time_zone_of_the_shop_is_a_setting(
    app: FastAPI, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = auth_settings("postgres://nobody@localhost/none", default_time_zone="Asia/Omsk")
    monkeypatch.setitem(app.state._state, "settings", settings)

    assert said(await register(client)) == ("en", "Asia/Omsk")


async def test_both_can_be_read_and_changed(client: httpx2.AsyncClient) -> None:
    anna, boss = await join(client, "anna"), await join(client, "boss", "admin")

    changed = await change(client, anna, language="ru", time_zone="Europe/Moscow")

    assert said(changed.json()) == ("ru", "Europe/Moscow")
    assert said((await client.get(ME, headers=anna.headers)).json()) == ("ru", "Europe/Moscow")
    assert said((await act(client, boss, "GET", f"/{anna.id}")).json()) == ("ru", "Europe/Moscow")
    body = {"language": "en", "time_zone": "Etc/GMT-3"}
    assert said((await act(client, boss, "PATCH", f"/{anna.id}", body)).json()) == (
        "en",
        "Etc/GMT-3",
    )
    listed = (await act(client, boss, "GET", "")).json()["items"]
    assert [said(user) for user in listed] == [("en", "UTC"), ("en", "Etc/GMT-3")]


@pytest.mark.parametrize("language", ["de", "RU", "ru-RU", "", None, 1])
async def test_no_other_language_is_taken(client: httpx2.AsyncClient, language: object) -> None:
    anna = await join(client, "anna")

    refused = await change(client, anna, language=language)

    assert (refused.status_code, refused.json()["fields"][0]["field"]) == (422, "language")


@pytest.mark.parametrize("zone", ODD_ZONES, ids=lambda zone: str(zone)[:20])
async def test_only_names_of_the_iana_database_are_taken(
    client: httpx2.AsyncClient, zone: object
) -> None:
    anna = await join(client, "anna")

    refused = await change(client, anna, time_zone=zone)

    assert (refused.status_code, refused.json()["fields"][0]["field"]) == (422, "time_zone")


def test_every_time_zone_that_is_taken_can_be_loaded() -> None:
    assert {"UTC", "Europe/Moscow", "Asia/Calcutta", "Asia/Kolkata", "Etc/GMT+3"} <= time_zones()
    assert all(ZoneInfo(name).key == name for name in time_zones())


async def test_nothing_of_it_is_left_of_somebody_who_left(client: httpx2.AsyncClient) -> None:
    anna = await join(client, "anna", language="ru", time_zone="Europe/Moscow")
    body = {"current_password": REGISTRATION["password"]}

    await client.request("DELETE", ME, json=body, headers=anna.headers)

    left = await User.get(id=anna.id)
    assert (left.language, left.is_language_chosen, left.time_zone) == ("en", False, "UTC")


class TestEmails:
    """Which language an email is in."""

    @pytest.mark.parametrize(
        ("chosen", "asked_in", "expected"),
        [
            (None, "ru", "ru"),
            (None, "de", "en"),
            (None, None, "en"),
            ("en", "ru", "en"),
            ("ru", "en", "ru"),
            ("ru", None, "ru"),
        ],
    )
    async def test_what_is_asked_for_comes_in_what_was_chosen_or_what_was_asked_in(
        self,
        app: FastAPI,
        client: httpx2.AsyncClient,
        clock: MovableClock,
        chosen: str | None,
        asked_in: str | None,
        expected: str,
    ) -> None:
        anna = await join(client, "anna")
        if chosen is not None:
            await change(client, anna, language=chosen)
        if asked_in is not None:
            client.headers["Accept-Language"] = asked_in

        clock.advance(LATER)
        await forget(client)
        await client.post(SIGN_IN_LINK, json={"login": anna.email})
        await client.post(RESEND, headers=anna.headers)
        body = {"email": "new@example.com", "current_password": REGISTRATION["password"]}
        await client.post(f"{ME}/email", json=body, headers=anna.headers)

        for kind in (Kind.RESET, Kind.SIGN_IN_LINK, Kind.VERIFY, Kind.CONFIRM_EMAIL):
            assert (await last(app, kind)).language == expected, kind

    async def test_who_registered_in_russian_is_written_to_in_russian(
        self, app: FastAPI, client: httpx2.AsyncClient, clock: MovableClock
    ) -> None:
        client.headers["Accept-Language"] = "ru"
        anna = await join(client, "anna")
        del client.headers["Accept-Language"]
        clock.advance(LATER)

        await forget(client)

        assert (await last(app, Kind.VERIFY)).language == "ru"
        assert (await last(app, Kind.RESET)).language == "ru"
        assert (await User.get(id=anna.id)).language == "ru"

    async def test_a_notice_is_not_in_the_language_of_whoever_caused_it(
        self, app: FastAPI, client: httpx2.AsyncClient
    ) -> None:
        anna, boss = await join(client, "anna"), await join(client, "boss", "admin")
        client.headers["Accept-Language"] = "ru"

        await act(client, boss, "POST", f"/{anna.id}/block")

        assert (await last(app, Kind.BLOCKED)).language == "en"
