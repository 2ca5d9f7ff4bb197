"""What the mailing service says of articles to those who write them."""

from typing import Any

from web_service.tests.conftest import person
from web_service.tests.fake_gateway import FakeGateway
from web_service.tests.mailing_data import MOMENT, listed

API = "/api/v1/drafts"
COVER = {
    "alt": "A cup",
    "sources": [
        {"url": "/api/v1/pictures/a-1600x900-480.webp", "width": 480, "height": 270},
        {"url": "/api/v1/pictures/a-1600x900-1600.webp", "width": 1600, "height": 900},
    ],
}


def draft(**changes: Any) -> dict[str, Any]:
    """Return a whole article."""
    return {
        "id": 5,
        "slug": "green-tea",
        "title": "Green tea",
        "state": "draft",
        "language": "en",
        "author": "Anna",
        "cover": None,
        "published_at": None,
        "revision": 4,
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "body": "Water of **80 °C**",
        "excerpt": "",
        "former_slugs": [],
        **changes,
    }


def script_blog(gateway: FakeGateway) -> None:
    """Let there be one article, with which everything may be done."""
    gateway.on("GET", "/api/v1/users/me", person(roles=["blog_manager"]))
    gateway.on("GET", API, listed(draft()))
    gateway.on("GET", f"{API}/5", draft())
    gateway.on("POST", API, draft(), status=201)
    gateway.on("PATCH", f"{API}/5", draft(revision=5))
    gateway.on("DELETE", f"{API}/5", status=204)
    gateway.on("POST", f"{API}/5/copy", draft(id=6), status=201)
    gateway.on("POST", f"{API}/5/preview", {"title": "Green tea", "excerpt": "", "html": HTML})
    for act in ("publish", "schedule", "withdraw"):
        gateway.on("POST", f"{API}/5/{act}", draft(revision=5))


def instead(gateway: FakeGateway, method: str, path: str, *args: Any, **how: Any) -> None:
    """Say something else from now on."""
    gateway.answers.pop((method, path))
    gateway.on(method, path, *args, **how)


def refuse_instead(gateway: FakeGateway, method: str, path: str, *args: Any, **how: Any) -> None:
    """Refuse from now on."""
    gateway.answers.pop((method, path))
    gateway.refuse(method, path, *args, **how)


HTML = "<h1>Water</h1>\n<p>Of <strong>80 °C</strong></p>"
