"""The form of a mailing: what it begins with, and what the API gets of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from web_service.errors import ApiRefused
from web_service.languages.formats import zone
from web_service.pages.forms import Form
from web_service.pages.listing import number_in
from web_service.pages.page import Page
from web_service.recipient_lists import members
from web_service.recipient_lists.choices import ListChoice, list_choices

MESSAGES: Final = "/api/v1/messages"
MOST_ADDRESSES: Final = 20
FIELDS: Final = (
    "name", "purpose", "message_id", "lists", "addresses", "starts_at", "ends_at", "time_zone",
    "repeat", "quiet_starts", "quiet_ends",
)  # fmt: skip
NAMES: Final = {
    "list_ids": "lists",
    "recipient_ids": "addresses",
    "quiet_hours": "quiet_starts",
    "quiet_hours.starts": "quiet_starts",
    "quiet_hours.ends": "quiet_ends",
}
"""The form's names for fields of the API."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from: the newest hundred of each."""

    messages: Sequence[tuple[int, str]]
    lists: Sequence[ListChoice]


async def choices(page: Page) -> Choices:
    """Read what the form offers."""
    messages, lists = await asyncio.gather(
        page.api.get(MESSAGES, {"size": 100}), list_choices(page)
    )
    offered = [(one["id"], one["subject"]) for one in messages.data["items"]]
    return Choices(offered, lists)


def empty_values(page: Page) -> dict[str, object]:
    """Return what a new mailing begins with."""
    query = page.request.query_params
    return {
        "purpose": "informing",
        "repeat": "none",
        "time_zone": page.time_zone,
        "message_id": number_in(query.get("message_id")) or "",
    }


def values_of(mailing: Mapping[str, Any]) -> dict[str, object]:
    """Return what a mailing that is changed begins with."""
    quiet = mailing["quiet_hours"] or {}
    return {
        "name": mailing["name"],
        "purpose": mailing["purpose"],
        "message_id": mailing["message_id"],
        "starts_at": _wall(mailing["starts_at"], mailing["time_zone"]),
        "ends_at": _wall(mailing["ends_at"], mailing["time_zone"]),
        "time_zone": mailing["time_zone"],
        "repeat": mailing["repeat"],
        "quiet_starts": quiet.get("starts"),
        "quiet_ends": quiet.get("ends"),
        "revision": mailing["revision"],
    }


async def body_of(page: Page, form: Form) -> dict[str, Any]:
    """Return what the API gets; what is wrong before that is an error of the form."""
    body: dict[str, Any] = {
        "name": form.text("name"),
        "purpose": form.text("purpose"),
        "list_ids": _numbers(form.all("lists")),
        "recipient_ids": [*_numbers(form.all("recipients")), *await _by_address(page, form)],
        "repeat": form.text("repeat"),
        "quiet_hours": _quiet_hours(form),
    }
    message_id = number_in(form.text("message_id"))
    if message_id is not None:
        body["message_id"] = message_id
    for name in ("starts_at", "ends_at", "time_zone"):
        if form.text(name):
            body[name] = form.text(name)
    return body


def refuse(form: Form, refused: ApiRefused) -> None:
    """Take over what the API says."""
    form.refuse(refused, names=NAMES, known=FIELDS)


def _wall(instant: str, time_zone: str) -> str:
    local = datetime.fromisoformat(instant).astimezone(zone(time_zone))
    return local.strftime("%Y-%m-%dT%H:%M")


def _numbers(values: Sequence[str]) -> list[int]:
    return [number for number in map(number_in, values) if number is not None]


def _quiet_hours(form: Form) -> dict[str, str] | None:
    starts, ends = form.text("quiet_starts"), form.text("quiet_ends")
    return {"starts": starts, "ends": ends} if starts or ends else None


async def _by_address(page: Page, form: Form) -> list[int]:
    """Return the recipients whose addresses were typed, one a line."""
    _ = page.gettext
    typed = [line.strip() for line in form.text("addresses").splitlines() if line.strip()]
    if len(typed) > MOST_ADDRESSES:
        form.add_error("addresses", _("These are too many; put them into a list."))
        return []
    found = await asyncio.gather(*(members.find(page, address) for address in typed))
    for address, recipient_id in zip(typed, found, strict=True):
        if recipient_id is None:
            unknown = _("%(address)s is not among your recipients.")
            form.add_error("addresses", unknown % {"address": address})
    return [recipient_id for recipient_id in found if recipient_id is not None]
