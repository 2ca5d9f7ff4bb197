"""Articles published, scheduled and withdrawn from their page."""

import httpx2
import pytest

from web_service.drafts.wall_times import instant_of, wall_time
from web_service.tests.drafts.blog import API, draft, instead, refuse_instead
from web_service.tests.fake_gateway import FakeGateway

SEEN = {"revision": "4"}
AT = {**SEEN, "publish_at": "2026-12-24T12:00"}


@pytest.mark.parametrize(
    ("act", "said"), [("publish", "Published."), ("withdraw", "It is a draft again")]
)
async def test_an_act_is_of_the_revision_that_was_seen(
    anna: httpx2.AsyncClient, blog: FakeGateway, act: str, said: str
) -> None:
    response = await anna.post(f"/draft/5/{act}/", data=SEEN)
    assert response.headers["location"] == "/draft/5/"
    assert blog.asked("POST", f"{API}/5/{act}")[0].headers["if-match"] == '"4"'
    assert said in (await anna.get("/draft/5/")).text


async def test_a_time_is_that_of_the_readers_clock(
    anna: httpx2.AsyncClient, blog: FakeGateway
) -> None:
    response = await anna.post("/draft/5/schedule/", data=AT)
    assert response.headers["location"] == "/draft/5/"
    [call] = blog.asked("POST", f"{API}/5/schedule")
    assert call.json == {"publish_at": "2026-12-24T09:00:00Z"}
    assert call.headers["if-match"] == '"4"'


async def test_a_time_is_shown_on_the_readers_clock(
    anna: httpx2.AsyncClient, blog: FakeGateway
) -> None:
    at = {"state": "scheduled", "published_at": "2026-12-24T09:00:00Z"}
    instead(blog, "GET", f"{API}/5", draft(**at))
    page = (await anna.get("/draft/5/")).text
    assert 'value="2026-12-24T12:00"' in page
    assert "Time zone: Europe/Moscow" in page


@pytest.mark.parametrize(
    "typed", ["", "soon", "2026-02-30T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "<b>"]
)
async def test_a_time_that_is_none(anna: httpx2.AsyncClient, blog: FakeGateway, typed: str) -> None:
    page = await anna.post("/draft/5/schedule/", data={**SEEN, "publish_at": typed})
    assert page.status_code == 422
    assert 'href="#field-publish_at"' in page.text
    assert "<b>" not in page.text
    assert blog.asked("POST", f"{API}/5/schedule") == []


async def test_a_time_that_is_over_stays_with_the_error(
    anna: httpx2.AsyncClient, blog: FakeGateway
) -> None:
    said = {"publish_at": "Must lie in the future"}
    refuse_instead(blog, "POST", f"{API}/5/schedule", 422, "unprocessable_entity", fields=said)
    page = await anna.post("/draft/5/schedule/", data=AT)
    assert page.status_code == 422
    assert 'id="error-publish_at"' in page.text
    assert 'value="2026-12-24T12:00"' in page.text


@pytest.mark.parametrize("act", ["publish", "schedule", "withdraw"])
async def test_another_editor_was_there_before(
    anna: httpx2.AsyncClient, blog: FakeGateway, act: str
) -> None:
    refuse_instead(blog, "POST", f"{API}/5/{act}", 412, "precondition_failed")
    response = await anna.post(f"/draft/5/{act}/", data=AT)
    assert response.headers["location"] == "/draft/5/"
    assert "changed elsewhere meanwhile" in (await anna.get("/draft/5/")).text


async def test_what_is_published_is_not_scheduled(
    anna: httpx2.AsyncClient, blog: FakeGateway
) -> None:
    said = "The article is published already; withdraw it first."
    refuse_instead(blog, "POST", f"{API}/5/schedule", 409, "article_is_published", said)
    assert (await anna.post("/draft/5/schedule/", data=AT)).status_code == 303
    assert said in (await anna.get("/draft/5/")).text


@pytest.mark.parametrize("act", ["publish", "schedule", "withdraw"])
@pytest.mark.parametrize(("status", "error"), [(403, "forbidden"), (404, "article_not_found")])
async def test_a_refusal_is_a_page(
    anna: httpx2.AsyncClient, blog: FakeGateway, act: str, status: int, error: str
) -> None:
    refuse_instead(blog, "POST", f"{API}/5/{act}", status, error)
    assert (await anna.post(f"/draft/5/{act}/", data=AT)).status_code == status


@pytest.mark.parametrize("act", ["publish", "schedule", "withdraw"])
async def test_it_may_have_happened_where_no_response_comes(
    anna: httpx2.AsyncClient, blog: FakeGateway, act: str
) -> None:
    refuse_instead(blog, "POST", f"{API}/5/{act}", 503, "service_unavailable")
    page = await anna.post(f"/draft/5/{act}/", data=AT)
    assert page.status_code == 503
    assert "It is not known whether it was done" in page.text


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2026-07-01T12:00", "2026-07-01T10:00:00+00:00"),
        ("2026-12-01T12:00:30", "2026-12-01T11:00:30+00:00"),
        ("2026-10-25T02:30", "2026-10-25T00:30:00+00:00"),  # the first of two
        ("2026-03-29T02:30", None),  # the clocks go past it
        ("2026-12-01T12:00+05:00", None),
        ("2026-12-01", None),
    ],
)
def test_clocks_that_change(typed: str, instant: str | None) -> None:
    found = instant_of(typed, "Europe/Berlin")
    assert (found.isoformat() if found else None) == instant


def test_an_instant_is_written_as_a_field_takes_it() -> None:
    assert wall_time("2026-07-01T10:00:00Z", "Europe/Berlin") == "2026-07-01T12:00"
