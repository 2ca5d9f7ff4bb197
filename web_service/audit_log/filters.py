"""Which events a log shows: as its address says it, and as the API is asked for them."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from web_service.audit_log.people import named
from web_service.languages.formats import zone
from web_service.pages.forms import Form
from web_service.pages.listing import number_in, search_in
from web_service.pages.page import Page

OUTCOMES: Final = {"done": "true", "refused": "false"}
_FIRST, _LAST = date(1970, 1, 2), date(9000, 1, 1)
_ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Log:
    """One of the logs: where its pages and the API are, and what its filters are called there."""

    path: str
    api: str
    filename: str
    people: Mapping[str, str]
    """The fields that name people, with the API's names for them."""
    own: Mapping[str, str]
    """The same of the fields that are not in every log."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen: `form` as its fields show it, `address` and `asked` as these want it."""

    form: Form
    address: Mapping[str, str]
    asked: Mapping[str, str]


async def read_filters(page: Page, log: Log, events: Mapping[str, str]) -> Chosen:
    """Read the address; what makes no sense there is left out, and who is not found is an error."""
    query = page.request.query_params
    address = {
        "event": query.get("event", "") if query.get("event") in events else "",
        **{name: search_in(query.get(name)) for name in log.people},
        **{name: _OWN[name](query.get(name)) for name in log.own},
        "from": _day(query.get("from")),
        "to": _day(query.get("to")),
    }
    form = Form.filled(address)
    people = {name: await named(page, form, name) for name in log.people}
    for name, person in people.items():
        if person is not None:
            form.values[name] = [person.shown]
            address[name] = person.id
    asked = {
        "event": address["event"],
        **{called: address[name] for name, called in log.people.items()},
        **{called: OUTCOMES.get(address[name], address[name]) for name, called in log.own.items()},
        "from": _midnight(address["from"], page.time_zone),
        "to": _midnight(address["to"], page.time_zone, days_later=1),
    }
    said = {name: value for name, value in asked.items() if value}
    return Chosen(form, {name: value for name, value in address.items() if value}, said)


def _number(text: str | None) -> str:
    return str(number_in(text) or "")


def _outcome(text: str | None) -> str:
    return text if text in OUTCOMES else ""


def _id_in(text: str | None) -> str:
    """Return the id that somebody gave, be it within the address of a page; nothing for none."""
    found = _ID.search(text or "")
    return found[0].lower() if found else ""


_OWN: Final[Mapping[str, Callable[[str | None], str]]] = {
    "outcome": _outcome,
    "mailing": _number,
    "product": _number,
    "order": _id_in,
}


def _day(text: str | None) -> str:
    """Return a day as fields of that kind say it; nothing for one that is none."""
    with suppress(ValueError):
        day = date.fromisoformat(text or "")
        return day.isoformat() if _FIRST <= day <= _LAST else ""
    return ""


def _midnight(day: str, time_zone: str, *, days_later: int = 0) -> str:
    """Return the instant at which a day begins on the reader's clock, as the API takes it."""
    if not day:
        return ""
    wanted = date.fromisoformat(day) + timedelta(days=days_later)
    begins = datetime.combine(wanted, time.min, tzinfo=zone(time_zone))
    return begins.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
