"""Who sees which deliveries, and how much of an address."""

import csv
import io
import json
from typing import Any

import httpx2
import pytest

from mailing_service.deliveries.access import without_addresses
from mailing_service.deliveries.moving import moving
from mailing_service.models.audit import AuditEvent
from mailing_service.models.bounces import Bounce, BounceKind
from mailing_service.models.deliveries import Attempt, AttemptOutcome, Delivery, DeliveryState
from mailing_service.models.mailings import Mailing, Run
from mailing_service.tests.conftest import UNAUTHORIZED, Person
from shared import clock
from testing.mailing.runs import HASHER, addresses, running_run

pytestmark = pytest.mark.usefixtures("empty_tables")
MAILINGS, DELIVERIES = "/api/v1/mailings", "/api/v1/deliveries"
REFUSAL = "5.1.1 <person0@example.com>: user person0 unknown"


async def a_run(owner: Person, count: int = 3) -> Run:
    """Make a run of this person's; the first delivery failed, the second was sent."""
    run = await running_run(addresses(count), owner_id=owner.id)
    ids = await ids_of(run)
    async with moving() as moves:
        states = (DeliveryState.CLAIMED, DeliveryState.SENDING)
        for before, after in zip((DeliveryState.PENDING, *states), states, strict=False):
            await moves.these(ids[:2], after, before=[before])
        await moves.these(ids[:1], DeliveryState.FAILED, before=[DeliveryState.SENDING])
        await moves.these(ids[1:2], DeliveryState.SENT, before=[DeliveryState.SENDING])
    await Delivery.filter(id=ids[0]).update(code=550, response=REFUSAL, attempts=2)
    for outcome, code in (AttemptOutcome.TEMPORARY, 450), (AttemptOutcome.PERMANENT, 550):
        await Attempt.create(
            delivery_id=ids[0],
            at=clock.now(),
            outcome=outcome,
            code=code,
            response=REFUSAL,
            duration_ms=12,
            server="mail:25",
        )
    return run


async def ids_of(run: Run) -> list[int]:
    """Return the ids of a run's deliveries."""
    return [row["id"] for row in await Delivery.filter(run_id=run.id).order_by("id").values("id")]


async def items(client: httpx2.AsyncClient, run: Run, **query: Any) -> list[dict[str, Any]]:
    """Return a page that is shown."""
    response = await client.get(f"{MAILINGS}/{run.mailing_id}/deliveries", params=query)
    assert response.status_code == 200, response.text
    shown: list[dict[str, Any]] = response.json()["items"]
    return shown


def paths(run: Run, delivery_id: int) -> list[str]:
    """Return every path by which deliveries of a run are shown."""
    mailing = f"{MAILINGS}/{run.mailing_id}/deliveries"
    return [mailing, f"{mailing}/export", f"{DELIVERIES}/{delivery_id}"]


async def test_nobody_sees_any_without_a_token(stranger: httpx2.AsyncClient, anna: Person) -> None:
    run = await a_run(anna)
    for path in paths(run, (await ids_of(run))[0]):
        response = await stranger.get(path)
        assert (response.status_code, response.content) == (401, UNAUTHORIZED)


async def test_others_are_not_there(anna: Person, boris: Person, manager: Person) -> None:
    run = await a_run(anna)
    for path in paths(run, (await ids_of(run))[0]):
        for person in (boris, manager):
            missing = path.replace(str(run.mailing_id), "999") if "mailings" in path else None
            gone = missing or f"{DELIVERIES}/999999"
            assert (await person.client.get(gone)).status_code == 404
        assert (await boris.client.get(path)).status_code == 404
        assert (await boris.client.get(f"{path}?full_addresses=true")).status_code == 404


async def test_a_deleted_mailing_is_there_for_staff_alone(anna: Person, manager: Person) -> None:
    run = await a_run(anna)
    await Mailing.filter(id=run.mailing_id).update(deleted_at=clock.now())
    for path in paths(run, (await ids_of(run))[0]):
        assert (await anna.client.get(path)).status_code == 404
        assert (await manager.client.get(path)).status_code == 200


async def test_an_owner_sees_states_and_responses(anna: Person) -> None:
    run = await a_run(anna)
    waiting, sent, failed = await items(anna.client, run)
    assert [one["state"] for one in (waiting, sent, failed)] == ["pending", "sent", "failed"]
    assert (failed["email"], failed["response"]) == ("person0@example.com", REFUSAL)
    assert (failed["code"], failed["attempts_used"]) == (550, 2)
    assert waiting["next_try_at"] is None
    assert waiting["recipient_id"] is not None


async def test_a_delivery_comes_with_its_attempts_the_newest_first(anna: Person) -> None:
    run = await a_run(anna)
    shown = (await anna.client.get(f"{DELIVERIES}/{(await ids_of(run))[0]}")).json()
    assert [one["outcome"] for one in shown["attempts"]] == [
        "permanent_failure",
        "temporary_failure",
    ]
    first = shown["attempts"][1]
    assert (first["code"], first["server"], first["duration_ms"]) == (450, "mail:25", 12)


async def test_of_an_email_that_came_back_the_worst_is_shown(anna: Person) -> None:
    run = await a_run(anna)
    sent = (await ids_of(run))[1]
    for kind in (BounceKind.HARD, BounceKind.SOFT):
        await Bounce.create(
            delivery_id=sent,
            owner_id=anna.id,
            email_hash=HASHER.hash_of(kind),
            fingerprint=HASHER.hash_of(kind),
            kind=kind,
        )
    assert [one["bounced"] for one in await items(anna.client, run)] == [None, "hard", None]
    shown = (await anna.client.get(f"{DELIVERIES}/{sent}")).json()
    assert [one["kind"] for one in shown["bounces"]] == ["soft", "hard"]


async def test_staff_see_no_address_of_others(anna: Person, manager: Person, admin: Person) -> None:
    run = await a_run(anna)
    for person in (manager, admin):
        for path in paths(run, (await ids_of(run))[0]):
            text = (await person.client.get(path)).text
            assert "person" not in text.replace("recipient", "")
            assert "p…@example.com" in text
        assert {one["recipient_id"] for one in await items(person.client, run)} == {None}
    assert not await AuditEvent.filter(event="addresses_read").exists()


async def test_a_manager_may_not_ask_for_addresses(anna: Person, manager: Person) -> None:
    run = await a_run(anna)
    for path in paths(run, (await ids_of(run))[0]):
        assert (await manager.client.get(f"{path}?full_addresses=true")).status_code == 403


async def test_who_sees_no_address_cannot_search_by_it(
    anna: Person, manager: Person, admin: Person
) -> None:
    run = await a_run(anna)
    path = f"{MAILINGS}/{run.mailing_id}/deliveries"
    for person in (manager, admin):
        assert (await person.client.get(f"{path}?q=person1")).status_code == 403
    assert len(await items(admin.client, run, q="person1", full_addresses="true")) == 1


async def test_an_administrator_who_asks_sees_addresses_and_it_is_written_down(
    anna: Person, admin: Person
) -> None:
    run = await a_run(anna)
    for path in paths(run, (await ids_of(run))[0]):
        text = (await admin.client.get(f"{path}?full_addresses=true")).text
        assert "person0@example.com" in text
    events = await AuditEvent.filter(event="addresses_read").order_by("id")
    assert [one.details["how"] for one in events] == ["page", "export", "delivery"]
    assert {(one.actor_id, one.owner_id, one.mailing_id) for one in events} == {
        (admin.id, anna.id, run.mailing_id)
    }


async def test_own_addresses_are_whole_and_nothing_is_written_down(
    anna: Person, manager: Person
) -> None:
    for person in (anna, manager):
        run = await a_run(person)
        for path in paths(run, (await ids_of(run))[0]):
            for asked in ("", "?full_addresses=true"):
                assert "person0@example.com" in (await person.client.get(path + asked)).text
    assert not await AuditEvent.all().exists()


async def test_they_are_filtered_by_state_and_counted(anna: Person) -> None:
    run = await a_run(anna, 5)
    path = f"{MAILINGS}/{run.mailing_id}/deliveries"
    totals = {}
    for state in DeliveryState:
        page = (await anna.client.get(path, params={"state": state, "size": "2"})).json()
        totals[state.value] = page["total"]
        assert {one["state"] for one in page["items"]} <= {state.value}
    assert totals == dict.fromkeys(DeliveryState, 0) | {"pending": 3, "failed": 1, "sent": 1}


@pytest.mark.parametrize("chosen", [{}, {"state": "pending"}, {"q": "PERSON"}])
async def test_a_walk_by_cursor_meets_each_once(anna: Person, chosen: dict[str, str]) -> None:
    run = await a_run(anna, 9)
    await running_run(addresses(4), owner_id=anna.id)
    path = f"{MAILINGS}/{run.mailing_id}/deliveries"
    met: list[int] = []
    query = {**chosen, "size": "2"}
    while True:
        page = (await anna.client.get(path, params=query)).json()
        met += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    expected = (await ids_of(run))[2 if "state" in chosen else 0 :]
    assert met == expected[::-1]
    assert page["total"] == len(expected)
    by_number = [
        one["id"]
        for n in range(1, 6)
        for one in await items(anna.client, run, **{**chosen, "size": 2, "page": n})
    ]
    assert by_number == met


async def test_a_search_finds_the_beginning_of_an_address(anna: Person) -> None:
    run = await running_run(
        ["anna@example.com", "ann_a@example.com", "joanna@example.com", "an%@example.com"],
        owner_id=anna.id,
    )
    found = {
        q: {one["email"].partition("@")[0] for one in await items(anna.client, run, q=q)}
        for q in ("ann", "Anna", "an_", "an%", "joanna@example.com", "@example", " anna ")
    }
    assert found == {
        "ann": {"anna", "ann_a"},
        "Anna": {"anna"},
        "an_": set(),
        "an%": {"an%"},
        "joanna@example.com": {"joanna"},
        "@example": set(),
        " anna ": {"anna"},
    }


async def test_where_a_search_finds_more_than_are_counted_it_still_gives_pages(
    anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailing_service.deliveries.searching.MAX_COUNTED", 3)
    run = await a_run(anna, 9)
    path = f"{MAILINGS}/{run.mailing_id}/deliveries"
    page = (await anna.client.get(path, params={"q": "person", "size": "4"})).json()
    assert page["total_is_capped"]
    ids = [one["id"] for one in page["items"]]
    next_page = await items(anna.client, run, q="person", size=4, cursor=page["next_cursor"])
    assert ids + [one["id"] for one in next_page] == (await ids_of(run))[::-1][:8]


@pytest.mark.parametrize(
    "query", ["state=lost", "q=", "q=%00", "cursor=x", "page=0", "x=1", "full_addresses=maybe"]
)
async def test_a_query_that_makes_no_sense_is_a_422(anna: Person, query: str) -> None:
    run = await a_run(anna)
    response = await anna.client.get(f"{MAILINGS}/{run.mailing_id}/deliveries?{query}")
    assert response.status_code == 422


async def test_an_export_has_a_line_for_each_in_both_formats(anna: Person) -> None:
    run = await a_run(anna, 2203)
    path = f"{MAILINGS}/{run.mailing_id}/deliveries/export"
    response = await anna.client.get(path)
    rows = list(csv.DictReader(io.StringIO(response.text)))
    lines = (await anna.client.get(f"{path}?format=jsonl&state=failed")).text.splitlines()
    assert [int(row["id"]) for row in rows] == (await ids_of(run))[::-1]
    assert response.headers["content-type"].startswith("text/csv")
    assert 'filename="deliveries.csv"' in response.headers["content-disposition"]
    assert [json.loads(line)["response"] for line in lines] == [REFUSAL]


@pytest.mark.parametrize("sign", "=+-@")
async def test_a_spreadsheet_takes_no_response_for_a_formula(anna: Person, sign: str) -> None:
    run = await a_run(anna)
    hostile = f"{sign}HYPERLINK('https://evil.example')"
    await Delivery.filter(run_id=run.id).update(response=hostile)
    path = f"{MAILINGS}/{run.mailing_id}/deliveries/export"

    rows = list(csv.DictReader(io.StringIO((await anna.client.get(path)).text)))
    lines = (await anna.client.get(f"{path}?format=jsonl")).text.splitlines()

    assert {row["response"] for row in rows} == {f"'{hostile}"}
    assert {json.loads(line)["response"] for line in lines} == {hostile}


async def test_an_erased_address_is_null(anna: Person) -> None:
    run = await a_run(anna)
    await Delivery.filter(run_id=run.id).update(email=None, response=None)
    assert {one["email"] for one in await items(anna.client, run)} == {None}
    assert (await anna.client.get(f"{DELIVERIES}/{(await ids_of(run))[0]}")).status_code == 200


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<anna@example.com>: unknown", "<a…@example.com>: unknown"),
        ("no user Anna here, annabel is", "no user a… here, annabel is"),
        ("see postmaster@mx.test", "see p…@mx.test"),
        ("2.0.0 Ok: queued", "2.0.0 Ok: queued"),
    ],
)
def test_responses_are_shown_to_staff_without_addresses(text: str, shown: str) -> None:
    assert without_addresses(text, "anna@example.com") == shown
