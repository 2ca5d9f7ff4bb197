"""Mailings as the API shows them."""

from typing import Any
from uuid import UUID

API = "/api/v1/mailings"
ELSE = "7d9c0d7e-0000-4000-8000-000000000000"


def mailing(owner: UUID | str, **changes: object) -> dict[str, Any]:
    """Return a mailing."""
    return {
        "id": 17,
        "owner_id": str(owner),
        "name": "Tea of the week",
        "purpose": "informing",
        "status": "draft",
        "status_reason": None,
        "reason": None,
        "message_id": 3,
        "starts_at": "2026-12-01T06:00:00Z",
        "ends_at": "2026-12-02T06:00:00Z",
        "time_zone": "Europe/Moscow",
        "repeat": "none",
        "quiet_hours": None,
        "next_run_at": None,
        "runs_begun": 0,
        "counts": {},
        "revision": 4,
        "is_deleted": False,
        "created_at": "2026-11-29T10:00:00Z",
        "updated_at": "2026-11-29T10:00:00Z",
        "list_ids": [5],
        "recipient_ids": [],
        "audience": None,
        "submitted": None,
        **changes,
    }


def page_of(*items: dict[str, Any]) -> dict[str, Any]:
    """Return a page of a list."""
    return {"items": list(items), "total": len(items), "page": 1, "size": 20, "pages": 1}


AUDIENCE = {
    "reached": 970,
    "suppressed": {"unsubscribed": 12},
    "duplicates": 18,
    "lists_gone": 0,
    "recipients_gone": 0,
    "lacking": {"city": 3},
}
SUBMITTED = {"subject": "Tea", "preheader": "", "body": "*Tea*", "language": "en", "revision": 1}
