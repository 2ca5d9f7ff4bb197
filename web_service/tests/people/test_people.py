"""Everybody's accounts: managers find, look and block; administrators let in again."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from web_service.tests.accounts import ME, heading_of, text_of
from web_service.tests.conftest import SignIn, person
from web_service.tests.fake_gateway import FakeGateway

LIST = "/admin/users/"
USERS = "/api/v1/users"
MOST = 10_000


def found(*people: dict[str, Any], total: int | None = None, page: int = 1) -> dict[str, Any]:
    total = len(people) if total is None else total
    return {
        "items": people,
        "total": total,
        "total_is_capped": total == MOST,
        "page": page,
        "size": 20,
        "pages": -(-total // 20),
    }


@pytest.mark.parametrize("path", ["/users/", LIST, f"/users/{uuid4()}/block/"], ids=range(3))
async def test_customers_see_none_of_it(sign_in: SignIn, gateway: FakeGateway, path: str) -> None:
    gateway.on("GET", ME, person())
    browser = await sign_in("user")
    assert (await browser.get(path)).status_code == 403
    assert (await browser.post(f"/users/{uuid4()}/block/")).status_code == 403
    assert (await browser.post(f"/users/{uuid4()}/unblock/")).status_code == 403
    assert {call.path for call in gateway.calls} == {ME}


async def test_managers_unblock_nobody(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", ME, person())
    browser = await sign_in("user", "manager")
    assert (await browser.post(f"/users/{uuid4()}/unblock/")).status_code == 403
    assert {call.path for call in gateway.calls} == {ME}


async def test_users_leads_to_the_list(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", ME, person())
    browser = await sign_in("manager")
    response = await browser.get("/users?q=anna&page=2")
    assert response.headers["location"] == "/admin/users/?q=anna&page=2"


async def test_of_many_matches_the_list_says_that_there_are_more(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    gateway.on("GET", USERS, found(person(), total=MOST))
    browser = await sign_in("manager")
    assert "More than 10,000 users" in (await browser.get(f"{LIST}?q=example")).text


async def test_the_list_says_who_and_how_many(sign_in: SignIn, gateway: FakeGateway) -> None:
    anna = person(full_name="<b>Anna</b>{{ 7*7 }}", roles=["user", "manager", "of-tomorrow"])
    blocked = person(full_name="Boris", is_active=False)
    gateway.on("GET", USERS, found(anna, blocked, total=45))
    browser = await sign_in("manager")

    page = await browser.get(
        f"{LIST}?q= anna &role=user&state=blocked&email=confirmed&sort=email&page=2"
    )

    assert gateway.asked("GET", USERS)[0].query == {
        "q": "anna",
        "role": "user",
        "is_active": "false",
        "is_email_verified": "true",
        "sort": "email",
        "page": "2",
    }
    assert heading_of(page) == "Users"
    assert 'role="search" novalidate' in page.text, "a choice of all is no mistake"
    assert "45 users" in text_of(page)
    assert "<b>Anna</b>{{ 7*7 }}" in text_of(page) or "&lt;b&gt;" in page.text
    assert "<b>Anna</b>" not in page.text
    assert "Manager, of-tomorrow" in text_of(page)
    assert f'href="/users/{anna["id"]}/"' in page.text
    assert "page=3" in page.text
    assert "q=anna&amp;role=user" in page.text


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=x",
        "page=99999999999",
        "role=king",
        "state=odd",
        "email=odd",
        "sort=;drop",
        "q=%00%0a",
        "x=1",
    ],
    ids=range(9),
)
async def test_what_makes_no_sense_is_left_out(
    sign_in: SignIn, gateway: FakeGateway, query: str
) -> None:
    gateway.on("GET", USERS, found())
    browser = await sign_in("admin")
    page = await browser.get(f"{LIST}?{query}")
    assert page.status_code == 200
    assert "Nobody is found" in text_of(page)
    assert gateway.asked("GET", USERS)[0].query == {"sort": "-created_at", "page": "1"}


async def test_a_page_beyond_the_last_leads_to_it(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", USERS, found(total=45, page=9))
    browser = await sign_in("admin")
    assert (await browser.get(f"{LIST}?page=9")).headers["location"] == f"{LIST}?page=3"


async def test_a_search_that_auth_refuses_is_said(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.refuse("GET", USERS, 422, "validation_error", fields={"q": "Not this."})
    browser = await sign_in("admin")
    page = await browser.get(f"{LIST}?q=x")
    assert page.status_code == 422
    assert "Not this." in text_of(page)


@pytest.mark.parametrize(
    ("role", "roles", "is_active", "offers"),
    [
        ("manager", ["user"], True, "block"),
        ("manager", ["user", "manager"], True, None),
        ("manager", ["user"], False, None),
        ("admin", ["user", "manager"], True, "block"),
        ("admin", ["user"], False, "unblock"),
    ],
)
async def test_a_person_is_shown_with_what_one_may_do(
    *,
    sign_in: SignIn,
    gateway: FakeGateway,
    role: str,
    roles: list[str],
    is_active: bool,
    offers: str,
) -> None:
    somebody = person(roles=roles, is_active=is_active, full_name="Boris")
    gateway.on("GET", f"{USERS}/{somebody['id']}", somebody)
    browser = await sign_in("user", role)
    page = await browser.get(f"/users/{somebody['id']}/")
    assert heading_of(page) == "Boris"
    for action in ("block", "unblock"):
        assert (f"/users/{somebody['id']}/{action}/" in page.text) == (action == offers)


async def test_somebody_is_blocked_with_a_reason(sign_in: SignIn, gateway: FakeGateway) -> None:
    somebody = person(full_name="<i>Boris</i>")
    path, api = f"/users/{somebody['id']}/block/", f"{USERS}/{somebody['id']}"
    gateway.on("GET", api, somebody)
    gateway.on("POST", f"{api}/block", status=204)
    browser = await sign_in("manager")

    page = await browser.get(path)
    assert "<i>Boris" not in page.text
    assert 'maxlength="200"' in page.text
    assert not gateway.asked("POST", f"{api}/block"), "a link alone blocks nobody"

    response = await browser.post(path, data={"reason": " Sent advertising ", "id": str(uuid4())})
    assert response.headers["location"] == f"/users/{somebody['id']}/"
    await browser.post(path, data={"reason": ""})
    bodies = [call.json for call in gateway.asked("POST", f"{api}/block")]
    assert bodies == [{"reason": "Sent advertising"}, {}]


@pytest.mark.parametrize(
    ("status", "error", "fields"),
    [
        (422, "validation_error", {"reason": "Too long."}),
        (403, "only_for_administrators", None),
        (409, "cannot_block_yourself", None),
    ],
)
async def test_a_block_that_is_refused_keeps_the_reason(
    sign_in: SignIn, gateway: FakeGateway, status: int, error: str, fields: dict[str, str] | None
) -> None:
    somebody = person()
    api = f"{USERS}/{somebody['id']}"
    gateway.on("GET", api, somebody)
    gateway.refuse("POST", f"{api}/block", status, error, "Not this one.", fields)
    browser = await sign_in("manager")
    page = await browser.post(f"/users/{somebody['id']}/block/", data={"reason": "Why"})
    assert page.status_code == status
    assert (fields or {"reason": "Not this one."})["reason"] in text_of(page)
    assert 'value="Why"' in page.text


async def test_an_administrator_lets_somebody_in_again(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    who = str(uuid4())
    gateway.on("POST", f"{USERS}/{who}/unblock", status=204)
    browser = await sign_in("admin")
    response = await browser.post(f"/users/{who}/unblock/")
    assert response.headers["location"] == f"/users/{who}/"


async def test_who_is_not_there_is_a_404(sign_in: SignIn) -> None:
    browser = await sign_in("admin")
    assert (await browser.get(f"/users/{uuid4()}/")).status_code == 404
    assert (await browser.get(f"/users/{uuid4()}/block/")).status_code == 404


async def test_strangers_sign_in_first(browser: httpx2.AsyncClient) -> None:
    response = await browser.get(LIST)
    assert response.headers["location"] == "/users/login/?next=/admin/users/"
