"""Recipients, a message, a mailing that was sent with failures, and one that waits for approval."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from standalone.demo.client import Client, wait_for
from standalone.demo.people import CUSTOMER, MANAGER

FRIENDS: Final = (
    ("Вера Павловна", "vera@example.org"),
    ("Олег Рудин", "oleg@example.org"),
    ("Зоя Верещагина", "zoya@example.org"),
    ("Илья Обломов", "ilya@example.org"),
    ("Соня Мармеладова", "sonya@example.org"),
    ("Пётр Безухов", "pierre@example.net"),
    ("Наташа Ростова", "natasha@example.net"),
    ("Никто", "nobody@example.org"),
    ("Nobody", "nobody@example.net"),
)
"""The mail catcher refuses those who are called nobody."""
_TEXT: Final = """Здравствуйте, {{full_name|друзья}}!

Приехал **новый чай**: улун и да хун пао. Заходите на чашку.

- Суббота, с полудня
- Самовар уже стоит
"""


def send(client: Client) -> None:
    """Write a mailing, have it approved, and wait until it was sent; then submit another."""
    friends = client.ask(CUSTOMER, "POST", "/recipient-lists", {"name": "Друзья лавки"})["id"]
    for full_name, email in FRIENDS:
        person = {"email": email, "full_name": full_name}
        added = client.ask(CUSTOMER, "POST", "/recipients", person)["id"]
        client.ask(CUSTOMER, "PUT", f"/recipient-lists/{friends}/recipients/{added}")
    message = {"subject": "Новый чай для {{full_name|вас}}", "body": _TEXT, "language": "ru"}
    written = client.ask(CUSTOMER, "POST", "/messages", message)["id"]
    told = {"message_id": written, "list_ids": [friends]}
    sent = _submitted(client, {**told, "name": "Осенний чай"}, begins_in=timedelta(0))
    client.ask(MANAGER, "POST", f"/mailings/{sent}/approve")
    wait_for("the end of a mailing", lambda: _finished(client, sent))
    _submitted(client, {**told, "name": "Зимний чай"}, begins_in=timedelta(days=1))


def _submitted(client: Client, mailing: dict[str, Any], *, begins_in: timedelta) -> int:
    begins = datetime.now(UTC) + begins_in
    window = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=8)).isoformat()}
    key = {"Idempotency-Key": secrets.token_hex(16)}
    submitted = client.ask(CUSTOMER, "POST", "/mailings", {**mailing, **window}, key)
    return int(submitted["id"])


def _finished(client: Client, mailing: int) -> bool | None:
    status = client.ask(CUSTOMER, "GET", f"/mailings/{mailing}")["status"]
    return True if status.startswith("finished") else None
