"""What the mailing service says, for the pages of the cabinet."""

from typing import Any

from web_service.tests.conftest import person
from web_service.tests.fake_gateway import FakeGateway

MOMENT = "2026-11-29T10:00:00Z"
HOSTILE = "<script>alert(1)</script> {{ 7*7 }} {% raw %} javascript:alert(1) \"'&"


def listed(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return one page of a list."""
    return {
        "items": list(items),
        "total": len(items),
        "total_is_capped": False,
        "page": 1,
        "size": 20,
        "pages": 1 if items else 0,
        "next_cursor": None,
        **changes,
    }


def recipient(**changes: Any) -> dict[str, Any]:
    """Return a recipient."""
    return {
        "id": 7,
        "email": "boris@example.com",
        "full_name": "Борис",
        "comment": "",
        "custom_fields": {"city": "Казань"},
        "suppressed": None,
        "list_ids": [3],
        "created_at": MOMENT,
        "updated_at": MOMENT,
        **changes,
    }


def recipient_list(**changes: Any) -> dict[str, Any]:
    """Return a list of recipients."""
    return {
        "id": 3,
        "name": "Customers",
        "size": 1,
        "created_at": MOMENT,
        "updated_at": MOMENT,
        **changes,
    }


def message(**changes: Any) -> dict[str, Any]:
    """Return a whole message."""
    return {
        "id": 5,
        "subject": "Tea is here",
        "preheader": "",
        "body": "Hello {{full_name}}",
        "language": "en",
        "revision": 4,
        "fields": ["full_name"],
        "created_at": MOMENT,
        "updated_at": MOMENT,
        **changes,
    }


def suppression(**changes: Any) -> dict[str, Any]:
    """Return a suppression."""
    return {
        "id": 9,
        "email": "gone@example.com",
        "reason": "manual",
        "created_at": MOMENT,
        **changes,
    }


def script_recipients(gateway: FakeGateway) -> None:
    """Let there be one recipient, in one of two lists."""
    gateway.on("GET", "/api/v1/users/me", person())
    gateway.on("GET", "/api/v1/recipients", listed(recipient()))
    gateway.on("GET", "/api/v1/recipients/7", recipient())
    gateway.on(
        "GET",
        "/api/v1/recipient-lists",
        listed(recipient_list(), recipient_list(id=4, name="Friends")),
    )
    gateway.on("GET", "/api/v1/recipient-lists/3", recipient_list())
