"""What only administrators see and do of a person: roles, sessions, the end of the account."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from web_service.tests.accounts import ME, heading_of, text_of
from web_service.tests.conftest import SignIn, person
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.profile.test_security import running

USERS = "/api/v1/users"
WAYS = ("roles", "sessions", "delete")


def known(gateway: FakeGateway, **changes: object) -> dict[str, Any]:
    """Have auth know somebody."""
    somebody = person(full_name="<b>Boris</b>", **changes)
    gateway.on("GET", f"{USERS}/{somebody['id']}", somebody)
    return somebody


def ticked(page: httpx2.Response) -> list[str]:
    """Return the roles whose box is ticked."""
    boxes = [part.partition(">")[0] for part in page.text.split('type="checkbox"')[1:]]
    return [box.partition('value="')[2].partition('"')[0] for box in boxes if " checked" in box]


@pytest.mark.parametrize("role", ["user", "manager", "blog_manager"])
@pytest.mark.parametrize("way", WAYS)
async def test_there_is_nothing_of_it_for_others(
    sign_in: SignIn, gateway: FakeGateway, role: str, way: str
) -> None:
    somebody = known(gateway)
    gateway.on("GET", ME, person())
    browser = await sign_in("user", role)
    path = f"/users/{somebody['id']}/{way}/"
    for response in (
        await browser.get(path),
        await browser.post(f"/users/{somebody['id']}/roles/", data={"roles": "admin"}),
        await browser.post(f"/users/{somebody['id']}/delete/"),
        await browser.post(f"/users/{somebody['id']}/sessions/{uuid4()}/end/"),
        await browser.post(f"/users/{somebody['id']}/sessions/end-all/"),
    ):
        assert response.status_code in {403, 404}
        assert "Boris" not in response.text
    assert {call.path for call in gateway.calls} <= {ME}


async def test_managers_see_no_way_to_it(sign_in: SignIn, gateway: FakeGateway) -> None:
    somebody = known(gateway)
    browser = await sign_in("user", "manager")
    page = await browser.get(f"/users/{somebody['id']}/")
    assert page.status_code == 200
    assert not any(f"/users/{somebody['id']}/{way}/" in page.text for way in WAYS)


async def test_roles_are_ticked_and_saved(sign_in: SignIn, gateway: FakeGateway) -> None:
    somebody = known(gateway, roles=["user", "manager", "of-tomorrow"])
    path, api = f"/users/{somebody['id']}/roles/", f"{USERS}/{somebody['id']}/roles"
    gateway.on("PUT", api, somebody)
    browser = await sign_in("user", "admin")

    page = await browser.get(f"/users/{somebody['id']}/")
    assert ticked(page) == ["manager", "of-tomorrow"]
    assert "<b>Boris" not in page.text
    sent = {"roles": ["blog_manager"], "seen": ["user", "manager", "of-tomorrow"]}
    response = await browser.post(path, data=sent)
    await browser.post(path, data={"seen": "user"})

    assert response.headers["location"] == f"/users/{somebody['id']}/"
    assert [call.json for call in gateway.asked("PUT", api)] == [
        {"roles": ["blog_manager"], "expected_roles": ["user", "manager", "of-tomorrow"]},
        {"roles": [], "expected_roles": ["user"]},
    ]
    assert "The roles are saved." in text_of(await browser.get(f"/users/{somebody['id']}/"))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (409, "roles_changed"),
        (409, "last_administrator"),
        (409, "role_not_yet_available"),
        (422, "validation_failed"),
    ],
)
async def test_what_auth_refuses_is_said_beside_what_there_is_now(
    sign_in: SignIn, gateway: FakeGateway, status: int, error: str
) -> None:
    somebody = known(gateway, roles=["user", "blog_manager"])
    gateway.refuse("PUT", f"{USERS}/{somebody['id']}/roles", status, error, "Not now.")
    browser = await sign_in("user", "admin")

    sent = {"roles": ["manager"], "seen": ["user"]}
    page = await browser.post(f"/users/{somebody['id']}/roles/", data=sent)

    assert page.status_code == status
    assert "Not now." in text_of(page)
    assert ticked(page) == ["manager"]
    assert 'name="seen" value="blog_manager"' in page.text


async def test_whose_role_was_taken_away_meanwhile_does_nothing_and_sees_nothing(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    somebody = known(gateway)
    api = f"{USERS}/{somebody['id']}"
    browser = await sign_in("user", "admin")
    await browser.get(f"/users/{somebody['id']}/")
    for method, path in (
        ("PUT", f"{api}/roles"),
        ("DELETE", api),
        ("DELETE", f"{api}/sessions"),
        ("POST", f"{api}/unblock"),
    ):
        gateway.refuse(method, path, 403, "forbidden", "Forbidden")
    for part in ("roles/", "delete/", "sessions/end-all/", "unblock/"):
        page = await browser.post(f"/users/{somebody['id']}/{part}", data={"seen": "user"})
        assert page.status_code == 403
        assert "Boris" not in page.text


async def test_sessions_are_shown_and_ended(sign_in: SignIn, gateway: FakeGateway) -> None:
    somebody = known(gateway)
    path, api = f"/users/{somebody['id']}/sessions/", f"{USERS}/{somebody['id']}/sessions"
    one, other = running(), running(last_user_agent="<script>alert(1)</script>")
    gateway.on("GET", api, [one, other])
    gateway.on("DELETE", f"{api}/{one['id']}", status=204)
    gateway.on("DELETE", api, status=204)
    gateway.refuse("DELETE", f"{api}/{other['id']}", 404, "no_such_session")
    browser = await sign_in("user", "admin")

    page = await browser.get(path)
    assert "Boris" in heading_of(page)
    assert "2 sessions" in text_of(page)
    assert "<script>alert" not in page.text
    for part in (f"{one['id']}/end/", f"{other['id']}/end/", "end-all/"):
        assert f'action="{path}{part}"' in page.text
        assert (await browser.post(path + part)).headers["location"] == path
        assert (await browser.get(path + part)).status_code == 405
    assert len(gateway.asked("DELETE", api)) == 1


async def test_who_is_signed_in_nowhere(sign_in: SignIn, gateway: FakeGateway) -> None:
    somebody = known(gateway)
    gateway.on("GET", f"{USERS}/{somebody['id']}/sessions", [])
    browser = await sign_in("user", "admin")
    page = await browser.get(f"/users/{somebody['id']}/sessions/")
    assert "signed in nowhere" in text_of(page)
    assert "end-all" not in page.text


async def test_an_account_is_deleted_after_a_page_that_says_what_goes(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    somebody = known(gateway)
    path, api = f"/users/{somebody['id']}/delete/", f"{USERS}/{somebody['id']}"
    gateway.refuse("DELETE", api, 409, "last_administrator", "Appoint another one first.")
    gateway.on("DELETE", api, status=204)
    browser = await sign_in("user", "admin")

    page = await browser.get(path)
    assert "the recipients, messages and mailings of this person" in text_of(page)
    assert not gateway.asked("DELETE", api), "a link alone deletes nobody"
    refused = await browser.post(path)
    assert refused.status_code == 409
    assert "Appoint another one first." in text_of(refused)
    assert (await browser.post(path)).headers["location"] == "/admin/users/"


@pytest.mark.parametrize("way", ["", *(f"{way}/" for way in WAYS)])
async def test_who_is_not_there_is_a_404(sign_in: SignIn, way: str) -> None:
    browser = await sign_in("admin")
    assert (await browser.get(f"/users/{uuid4()}/{way}")).status_code == 404
    assert (await browser.post(f"/users/{uuid4()}/delete/")).status_code == 404
    assert (await browser.post(f"/users/{uuid4()}/sessions/{uuid4()}/end/")).status_code == 404
