"""The audit logs as pages: filters, names, files; for administrators alone."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from aiohttp import web

from web_service.audit_log.pages import ACCOUNTS, CATALOG, MAILINGS
from web_service.audit_log.words import catalog_events, mailing_events
from web_service.tests.accounts import ME, heading_of, text_of
from web_service.tests.conftest import SignIn, person
from web_service.tests.fake_gateway import FakeGateway

USERS = "/api/v1/users"
DOCUMENTS = Path(__file__).parents[3] / "docs/openapi"
EACH = pytest.mark.parametrize(
    "log", [ACCOUNTS, CATALOG, MAILINGS], ids=["accounts", "catalog", "mailings"]
)
ABOUT_PEOPLE = pytest.mark.parametrize("log", [ACCOUNTS, MAILINGS], ids=["accounts", "mailings"])


def event(**changes: object) -> dict[str, object]:
    """Return what the API says of an event of any log."""
    return {
        "id": 17,
        "at": "2026-11-30T10:00:00Z",
        "event": "roles_changed",
        "succeeded": True,
        "actor_id": str(uuid4()),
        "actor_name": "Boss",
        "subject_id": str(uuid4()),
        "subject_name": "Anna",
        "owner_id": None,
        "owner_name": None,
        "mailing_id": None,
        "product_id": None,
        "product_name": None,
        "order_id": None,
        "session_id": None,
        "address": "192.0.2.1",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        "request_id": "a",
        "details": {},
        **changes,
    }


def found(*events: dict[str, object], **changes: object) -> dict[str, Any]:
    page = {"total": len(events), "page": 1, "size": 20, "pages": -(-len(events) // 20)}
    return {"items": events, **page, **changes}


@pytest.mark.parametrize("roles", [("user",), ("user", "manager"), ("user", "blog_manager")])
@pytest.mark.parametrize("part", ["", "export/"])
@EACH
async def test_nobody_else_sees_anything(
    sign_in: SignIn, gateway: FakeGateway, log: Any, part: str, roles: tuple[str, ...]
) -> None:
    gateway.on("GET", ME, person())
    browser = await sign_in(*roles)
    response = await browser.get(f"{log.path}{part}")
    assert response.status_code == 403
    assert "192.0.2.1" not in response.text
    assert {call.path for call in gateway.calls} == {ME}


@EACH
async def test_strangers_sign_in_first(browser: httpx2.AsyncClient, log: Any) -> None:
    response = await browser.get(log.path)
    assert response.headers["location"] == f"/users/login/?next={log.path}"


@pytest.mark.parametrize("part", ["", "export/"])
@EACH
async def test_whose_role_was_taken_away_sees_nothing(
    sign_in: SignIn, gateway: FakeGateway, log: Any, part: str
) -> None:
    path = f"{log.api}/export" if part else log.api
    gateway.refuse("GET", path, 403, "forbidden", "Forbidden")
    browser = await sign_in("admin")
    assert (await browser.get(f"{log.path}{part}")).status_code == 403


async def test_instants_among_details_are_on_the_readers_clock(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    given = event(event="article_published", details={"published_at": "2026-12-01T08:57:59+00:00"})
    gateway.on("GET", MAILINGS.api, found(given))
    page = await (await sign_in("admin")).get(MAILINGS.path)
    assert "Appears: 1 Dec 2026, 11:57" in text_of(page)


async def test_events_of_accounts_are_shown_in_words(sign_in: SignIn, gateway: FakeGateway) -> None:
    given = event(details={"roles": ["user", "blog_manager", "of-tomorrow"], "odd_fact": 3})
    failed = event(
        event="signed_in",
        succeeded=False,
        actor_id=None,
        actor_name=None,
        subject_name=None,
        user_agent="<script>alert(1)</script>",
        details={"reason": "wrong_password", "fields": ["email", "<b>x</b>"]},
    )
    new = event(event="of_tomorrow", subject_id=None, subject_name=None, address="", user_agent="")
    gateway.on("GET", ACCOUNTS.api, found(given, failed, new, total=45, pages=3))
    browser = await sign_in("admin")

    page = await browser.get(f"{ACCOUNTS.path}?event=roles_changed&outcome=done&page=2")

    text = text_of(page)
    assert heading_of(page) == "Audit log of accounts"
    assert "45 events" in text
    assert f'<a href="/users/{given["actor_id"]}/">Boss</a>' in page.text
    assert "Roles: Customer, Blog manager, of-tomorrow; odd fact: 3" in text
    assert "Reason: wrong password; Fields: email, <b>x</b>" in text
    assert "13:00" in text, "the reader's clock"
    assert "Firefox, Linux" in text
    assert "Deleted account" in text
    assert "of_tomorrow" in text
    assert "<script>alert" not in page.text
    assert "<b>x" not in page.text
    assert gateway.asked("GET", ACCOUNTS.api)[0].query == {
        "event": "roles_changed",
        "succeeded": "true",
        "page": "2",
    }
    assert "/admin/audit/export/?event=roles_changed&amp;outcome=done" in page.text


async def test_events_of_mailings_lead_to_them(sign_in: SignIn, gateway: FakeGateway) -> None:
    given = event(event="approved", owner_id=str(uuid4()), owner_name="Anna", mailing_id=7)
    own = event(event="run_missed", actor_id=None, actor_name=None, details={"run": 2})
    gateway.on("GET", MAILINGS.api, found(given, own, total_is_capped=True, next_cursor="abc"))
    browser = await sign_in("admin")

    page = await browser.get(f"{MAILINGS.path}?event=approved&mailing=7")

    assert '<a href="/sending/7/">No. 7</a>' in page.text
    assert "More than 2 events" in text_of(page)
    assert "The system" in text_of(page)
    assert "Run: 2" in text_of(page)
    assert "cursor=abc" in page.text
    query = gateway.asked("GET", MAILINGS.api)[0].query
    assert query == {"event": "approved", "mailing_id": "7", "page": "1"}


@EACH
async def test_days_are_those_of_the_reader(
    sign_in: SignIn, gateway: FakeGateway, log: Any
) -> None:
    gateway.on("GET", log.api, found())
    browser = await sign_in("admin")  # in Moscow
    page = await browser.get(f"{log.path}?from=2026-11-29&to=2026-11-30")
    query = gateway.asked("GET", log.api)[0].query
    assert (query["from"], query["to"]) == ("2026-11-28T21:00:00Z", "2026-11-30T21:00:00Z")
    assert 'value="2026-11-30"' in page.text
    assert "Nothing of this kind is written down." in text_of(page)


@pytest.mark.parametrize(
    "query",
    [
        "event=king",
        "outcome=maybe",
        "mailing=0",
        "mailing=x",
        "product=-1",
        "order=8B5B52EA",
        "from=yesterday&to=2026-13-01",
        "from=0001-01-01&to=9999-12-31",
        "who=%00&about=%20",
        "page=0",
        "cursor=%3Cb%3E",
        "x=1",
    ],
)
@EACH
async def test_what_makes_no_sense_is_left_out(
    sign_in: SignIn, gateway: FakeGateway, log: Any, query: str
) -> None:
    gateway.on("GET", log.api, found())
    browser = await sign_in("admin")
    assert (await browser.get(f"{log.path}?{query}")).status_code == 200
    assert gateway.asked("GET", log.api)[0].query == {"page": "1"}


@ABOUT_PEOPLE
async def test_people_are_named_as_one_writes_them(
    sign_in: SignIn, gateway: FakeGateway, log: Any
) -> None:
    anna, boris = person(email="anna@example.com"), person(email="boris@example.com")
    gateway.on("GET", USERS, {"items": [anna], "total": 1})
    gateway.on("GET", f"{USERS}/{boris['id']}", boris)
    gateway.on("GET", log.api, found(event(), total=45, pages=3))
    browser = await sign_in("admin")

    page = await browser.get(f"{log.path}?who= anna@example.com &about={boris['id']}")

    query = gateway.asked("GET", log.api)[0].query
    assert (query["actor_id"], query[log.people["about"]]) == (anna["id"], boris["id"])
    assert gateway.asked("GET", USERS)[0].query == {"q": "anna@example.com", "size": "2"}
    assert 'value="boris@example.com"' in page.text
    assert f"who={anna['id']}&amp;about={boris['id']}&amp;page=2" in page.text


async def test_a_deleted_person_is_found_by_id(sign_in: SignIn, gateway: FakeGateway) -> None:
    gone = str(uuid4())
    gateway.on("GET", ACCOUNTS.api, found(event(subject_id=gone, subject_name=None)))
    browser = await sign_in("admin")
    page = await browser.get(f"{ACCOUNTS.path}?about={gone}")
    assert gateway.asked("GET", ACCOUNTS.api)[0].query["subject_id"] == gone
    assert f'value="{gone}"' in page.text


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], "Nobody is found by this."),
        ([person(), person()], "Several people are found"),
        (None, "Nobody is found by this."),
    ],
    ids=["nobody", "several", "refused"],
)
async def test_whom_a_filter_does_not_name_is_said_and_no_log_is_read(
    sign_in: SignIn, gateway: FakeGateway, items: list[object] | None, said: str
) -> None:
    if items is None:
        gateway.refuse("GET", USERS, 422, "validation_failed", fields={"q": "Odd."})
    else:
        gateway.on("GET", USERS, {"items": items, "total": len(items)})
    browser = await sign_in("admin")

    page = await browser.get(f"{ACCOUNTS.path}?who=<b>anna")
    export = await browser.get(f"{ACCOUNTS.path}export/?who=<b>anna")

    assert page.status_code == 422
    assert said in text_of(page)
    assert "<b>anna" not in page.text
    assert export.headers["location"] == f"{ACCOUNTS.path}?who=%3Cb%3Eanna"
    assert {call.path for call in gateway.calls} <= {USERS, ME}


@pytest.mark.parametrize("status", [403, 503])
async def test_a_search_for_people_that_fails_is_a_failure(
    sign_in: SignIn, gateway: FakeGateway, status: int
) -> None:
    who = uuid4()
    gateway.refuse("GET", USERS, status, "no")
    gateway.refuse("GET", f"{USERS}/{who}", status, "no")
    browser = await sign_in("admin")
    for name in ("anna", who):
        assert (await browser.get(f"{ACCOUNTS.path}?who={name}")).status_code == status


async def test_a_page_beyond_the_last_leads_to_it(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", ACCOUNTS.api, found(total=45, pages=3, page=9))
    browser = await sign_in("admin")
    response = await browser.get(f"{ACCOUNTS.path}?event=blocked&page=9")
    assert response.headers["location"] == f"{ACCOUNTS.path}?event=blocked&page=3"


@EACH
async def test_the_same_events_are_saved_as_a_file(
    sign_in: SignIn, gateway: FakeGateway, log: Any
) -> None:
    async def file(_request: object, _body: bytes) -> Any:
        return web.Response(body=b"at,event\r\n", content_type="text/csv")

    gateway.answer("GET", f"{log.api}/export", file)
    browser = await sign_in("admin")

    response = await browser.get(f"{log.path}export/?event=audit_read&from=2026-11-30")

    assert response.content == b"\xef\xbb\xbfat,event\r\n"
    assert response.headers["content-disposition"].startswith("attachment; filename=")
    assert gateway.asked("GET", f"{log.api}/export")[0].query == {
        "event": "audit_read",
        "from": "2026-11-29T21:00:00Z",
        "format": "csv",
    }


async def test_events_of_products_and_orders_say_what_was_before(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    order = str(uuid4())
    changes = {
        "price": {"before": 100000, "after": 129900},
        "sku": {"before": None, "after": "<b>T-1</b>"},
        "bulk": 3,
    }
    given = (
        event(event="product_changed", product_id=7, product_name="Чай <i>", details=changes),
        event(
            event="order_paid",
            order_id=order,
            details={"status": {"before": "placed", "after": "paid"}},
        ),
        event(
            event="stock_changed",
            product_id=8,
            details={"quantity": {"before": None, "after": 5000}},
        ),
        event(
            event="products_imported",
            actor_id=None,
            actor_name=None,
            details={"created": 100000, "refused": 2},
        ),
        event(
            event="product_added",
            product_id=9,
            product_name="A",
            details={"name": "A", "price": 5, "is_active": False},
        ),
        event(event="of_tomorrow", details={"status": "odd", "price": "odd", "more": {"a": 1}}),
    )
    gateway.on("GET", CATALOG.api, found(*given))

    page = await (await sign_in("admin")).get(CATALOG.path)

    text = text_of(page)
    assert heading_of(page) == "Audit log of products and orders"
    assert (
        "Price: RUB 1,000.00 → RUB 1,299.00; Article number: — → <b>T-1</b>; Changed together: 3"
        in (text.replace("\N{NO-BREAK SPACE}", " "))
    )
    assert '<a href="/product/7/update/">Чай &lt;i&gt;</a>' in page.text
    assert f'<a href="/order/{order}/">Order {order[:8].upper()}</a>' in page.text
    assert "State: Placed → Paid" in text
    assert "No. 8" in text, "a product that is gone"
    assert "In stock: — → 5,000" in text
    assert "New products: 100,000; Lines refused: 2" in text
    assert "The system" in text
    assert "For sale: no" in text
    assert "State: odd; Price: odd" in text
    assert "<b>T-1" not in page.text


async def test_products_and_orders_are_found_by_what_people_have_of_them(
    sign_in: SignIn, gateway: FakeGateway
) -> None:
    order = str(uuid4())
    gateway.on("GET", CATALOG.api, found())
    browser = await sign_in("admin")
    query = f"order=https://shop.example/order/{order.upper()}/&product=7&about={uuid4()}&mailing=3"

    page = await browser.get(f"{CATALOG.path}?{query}")

    asked = gateway.asked("GET", CATALOG.api)[0].query
    assert asked == {"product_id": "7", "order_id": order, "page": "1"}
    assert f'value="{order}"' in page.text


@pytest.mark.parametrize(
    ("service", "schema", "words"),
    [("mailing", "MailingEvent", mailing_events), ("catalog", "CatalogEvent", catalog_events)],
)
def test_every_event_of_a_service_has_words(service: str, schema: str, words: Any) -> None:
    document = json.loads((DOCUMENTS / f"{service}.json").read_text())
    assert set(document["components"]["schemas"][schema]["enum"]) == set(words(str))
