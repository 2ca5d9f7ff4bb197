"""Statistics as numbers, plots and tables."""

from typing import Any

import pytest

from web_service.statistics.hours import MOST_POINTS, points
from web_service.tests.accounts import heading_of, text_of
from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.sendings.mailings import API, ELSE, mailing

HOURS = [
    {"hour": "2026-12-01T06:00:00Z", "attempts": {"sent": 3}},
    {"hour": "2026-12-01T07:00:00Z", "attempts": {"sent": 1, "permanent_failure": 1}},
]
FOUND: dict[str, Any] = {"deliveries": 5, "counts": {"sent": 4, "failed": 1}, "hours": HOURS}
RUN = {
    "id": 2,
    "mailing_id": 17,
    "number": 1,
    "starts_at": "2026-12-01T06:00:00Z",
    "ends_at": "2026-12-02T06:00:00Z",
    "started_at": "2026-12-01T06:00:01Z",
    "finished_at": None,
    "counts": {"sent": 4, "failed": 1},
}


@pytest.fixture(autouse=True)
def counted(gateway: FakeGateway) -> None:
    """What the API has counted."""
    gateway.on("GET", "/api/v1/statistics", FOUND)
    gateway.on("GET", f"{API}/17", mailing(ELSE))
    gateway.on("GET", f"{API}/17/statistics", {**FOUND, "runs": [RUN]})
    gateway.on("GET", "/api/v1/messages/3", {"id": 3, "subject": "Tea"})
    gateway.on("GET", "/api/v1/messages/3/statistics", {**FOUND, "runs": []})


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/statistics/", "Statistics of all mailings"),
        ("/sending/17/statistics/", "Statistics of “Tea of the week”"),
        ("/message/3/statistics/", "Statistics of “Tea”"),
    ],
)
async def test_a_plot_has_its_numbers_as_a_table(sign_in: SignIn, path: str, heading: str) -> None:
    browser = await sign_in()
    page = await browser.get(path)
    assert (page.status_code, heading_of(page)) == (200, heading)
    assert page.text.count("<svg") == page.text.count("The numbers as a table") == 3
    assert "1 Dec 09:00" in text_of(page)
    assert "style=" not in page.text


async def test_nothing_sent_is_no_plot(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.answers.pop(("GET", "/api/v1/statistics"))
    gateway.on("GET", "/api/v1/statistics", {"deliveries": 0, "counts": {}, "hours": []})
    page = await (await sign_in()).get("/statistics/")
    assert "Nothing was sent yet" in page.text
    assert "<svg" not in page.text


def test_many_hours_become_days_of_the_readers_clock() -> None:
    hours = [
        {"hour": f"2026-12-{day:02}T{hour:02}:00:00Z", "attempts": {"sent": 1}}
        for day in range(1, 31)
        for hour in (0, 23)
    ]
    days = points(hours, "sent", time_zone="Europe/Moscow", language="en")
    assert len(days) == MOST_POINTS
    assert days[0] == ("2 Dec", 2)  # 23:00 UTC of the day before is 2:00 in Moscow
    assert days[-1] == ("31 Dec", 1)
