"""Windows on wall clocks, with the changes of clocks of 2027."""

from datetime import UTC, datetime, time, timedelta

import pytest

from mailing_service.mailings.wall_clock import (
    Occurrence,
    QuietHours,
    Window,
    instant_of,
    wall_of,
)
from mailing_service.models.mailings import Repeat

BERLIN = "Europe/Berlin"
HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(wall: str, repeat: Repeat, zone: str = BERLIN, length: timedelta = HOUR) -> Window:
    starts = datetime.fromisoformat(wall)
    first = Occurrence(instant_of(starts, zone), instant_of(starts + length, zone))
    return Window(first, starts, starts + length, zone, repeat)


def begins(of: Window, count: int) -> list[str]:
    return [of.occurrence(n).starts_at.strftime("%m-%dT%H:%M") for n in range(count)]


def test_a_wall_time_in_the_gap_moves_forward_by_its_length() -> None:
    moved = instant_of(datetime.fromisoformat("2027-03-28T02:30"), BERLIN)

    assert moved == utc("2027-03-28T01:30")
    assert wall_of(moved, BERLIN) == datetime.fromisoformat("2027-03-28T03:30")


def test_a_wall_time_that_comes_twice_is_the_first_of_the_two() -> None:
    assert instant_of(datetime.fromisoformat("2027-10-31T02:30"), BERLIN) == utc("2027-10-31T00:30")


def test_daily_repeats_keep_the_wall_time_over_the_gap() -> None:
    daily = window("2027-03-27T02:30", Repeat.DAILY)

    assert begins(daily, 3) == ["03-27T01:30", "03-28T01:30", "03-29T00:30"]


def test_the_gap_on_the_first_day_moves_no_later_day() -> None:
    daily = window("2027-03-28T02:30", Repeat.DAILY)

    assert begins(daily, 2) == ["03-28T01:30", "03-29T00:30"]


def test_daily_repeats_run_once_on_the_day_with_the_overlap() -> None:
    daily = window("2027-10-30T02:30", Repeat.DAILY)

    assert begins(daily, 3) == ["10-30T00:30", "10-31T00:30", "11-01T01:30"]


def test_weekly_repeats_keep_the_wall_time() -> None:
    assert begins(window("2027-03-24T09:00", Repeat.WEEKLY), 2) == ["03-24T08:00", "03-31T07:00"]


def test_monthly_on_the_31st_is_the_last_day_of_shorter_months_and_the_31st_again() -> None:
    monthly = window("2027-01-31T12:00", Repeat.MONTHLY, "UTC")

    assert [n[:5] for n in begins(monthly, 5)] == ["01-31", "02-28", "03-31", "04-30", "05-31"]
    assert monthly.occurrence(13).starts_at == utc("2028-02-29T12:00")


@pytest.mark.parametrize("repeat", [Repeat.DAILY, Repeat.WEEKLY, Repeat.MONTHLY])
@pytest.mark.parametrize("zone", [BERLIN, "America/New_York", "Pacific/Apia", "UTC"])
def test_the_next_is_the_first_behind_an_instant(repeat: Repeat, zone: str) -> None:
    of = window("2027-01-31T02:30", repeat, zone)
    every = [of.occurrence(number) for number in range(90)]
    for hours in range(0, 24 * 70, 7):
        instant = of.first.starts_at + timedelta(hours=hours)
        assert of.next_after(instant) == next(o for o in every if o.starts_at > instant)
        assert of.open_at(instant) == next(o for o in every if o.ends_at > instant)


def test_a_window_without_repeats_has_one_occurrence() -> None:
    once = window("2027-01-31T02:30", Repeat.NONE)

    assert once.open_at(once.first.ends_at - HOUR / 2) == once.first
    assert once.open_at(once.first.ends_at) is None
    assert once.next_after(once.first.starts_at) is None


def test_daily_windows_of_a_whole_day_touch_and_never_overlap() -> None:
    of = window("2027-03-26T00:00", Repeat.DAILY, length=timedelta(days=1))
    pairs = [(of.occurrence(n), of.occurrence(n + 1)) for n in range(5)]

    assert all(one.ends_at == following.starts_at for one, following in pairs)


@pytest.mark.parametrize(
    ("wall", "quiet"),
    [("21:59", False), ("22:00", True), ("00:00", True), ("07:59", True), ("08:00", False)],
)
def test_quiet_hours_go_over_midnight(wall: str, quiet: bool) -> None:
    hours = QuietHours(time(22), time(8), BERLIN)
    shown = instant_of(datetime.fromisoformat(f"2027-06-01T{wall}"), BERLIN)

    assert hours.is_quiet(shown) is quiet


def test_quiet_hours_of_one_day() -> None:
    hours = QuietHours(time(12), time(13), "UTC")

    assert hours.is_quiet(utc("2027-06-01T12:30"))
    assert not hours.is_quiet(utc("2027-06-01T13:00"))


@pytest.mark.parametrize(("length", "covered"), [(HOUR * 9, True), (HOUR * 11, False)])
def test_quiet_hours_may_cover_a_window(length: timedelta, covered: bool) -> None:
    hours = QuietHours(time(22), time(8), BERLIN)
    of = window("2027-06-01T22:00", Repeat.NONE, length=length)

    assert hours.covers(of.first) is covered
