"""The search for every acknowledged write, in the databases and with the mail catcher."""

import json
from collections import Counter
from datetime import datetime

import httpx2

from testing.composed import Composed, eventually
from tests.containers.load import Buyer, Load

IN_STOCK = 1_000_000
EMAILS_WITHIN = 120.0
"""Seconds in which all emails have to leave: a lease of 45, or several tries."""

_HALF_DONE = {
    "auth": {
        "an account without its email or its line in the audit log": """
            SELECT u.email FROM users u WHERE u.email LIKE 'anna.%' AND (
                (SELECT count(*) FROM letters l WHERE l.user_id = u.id AND l.kind = 'verify') <> 1
                OR NOT EXISTS (SELECT FROM audit_events a
                               WHERE a.subject_id = u.id AND a.event = 'registered'))
        """,
    },
    "catalog": {
        "an order that is not the sum of its lines": """
            SELECT o.id FROM customer_order o WHERE o.total IS DISTINCT FROM
                (SELECT sum(l.price * l.quantity) FROM order_line l WHERE l.order_id = o.id)
        """,
        "a stock that is not what orders left of it": f"""
            SELECT s.product_id FROM product_stock s WHERE {IN_STOCK} - s.quantity <>
                (SELECT coalesce(sum(l.quantity), 0) FROM order_line l
                 WHERE l.product_id = s.product_id AND l.is_counted)
        """,
    },
}


def count_the_stock(system: Composed) -> None:
    """Have so many pieces of each product, so that orders write down what they take."""
    counted = f"SELECT id, {IN_STOCK} FROM product ON CONFLICT DO NOTHING"
    _ask(system, "catalog", f"INSERT INTO product_stock (product_id, quantity) {counted}")


def require_nothing_lost(system: Composed, load: Load) -> int:
    """Find every acknowledged write in the databases, each whole; how many there were.

    One without an answer may be there or not; one that nobody sent must not be there.
    """
    emails = set(_ask(system, "auth", "SELECT email FROM users").split())
    missing = [person.email for person in load.registered if person.email not in emails]
    assert missing == []
    for buyer in load.buyers:
        pieces = _pieces(system, "cart", buyer)
        assert buyer.added <= pieces <= buyer.added + buyer.unknown
    _require_orders(system, load.customer)
    for database, queries in _HALF_DONE.items():
        for what, query in queries.items():
            assert _ask(system, database, query) == "", what
    acknowledged = sum(buyer.added for buyer in [*load.buyers, load.customer])
    return len(load.registered) + acknowledged + len(load.customer.ordered)


def require_emails(system: Composed, load: Load) -> int:
    """Find an email to everyone who registered; how many came twice, under one Message-ID.

    The catcher keeps emails in its memory: those of before its start are gone.
    """
    unsent = "SELECT count(*) FROM letters WHERE sent_at IS NULL"
    eventually(lambda: _ask(system, "auth", unsent).strip() == "0", within=EMAILS_WITHIN)
    query = """
        SELECT u.email, extract(epoch FROM l.sent_at)
        FROM letters l JOIN users u ON u.id = l.user_id
    """
    sent = dict(line.split("|") for line in _ask(system, "auth", query).split())
    begun = datetime.fromisoformat(system.inspect("mail")["State"]["StartedAt"]).timestamp()
    caught = _caught(system)
    twice = 0
    for person in load.registered:
        if float(sent[person.email]) > begun:
            (copies,) = caught[person.email].values()
            twice += copies - 1
    return twice


def _require_orders(system: Composed, customer: Buyer) -> None:
    query = f"SELECT id FROM customer_order WHERE user_id = '{customer.user_id}'"
    orders = set(_ask(system, "catalog", query).split())
    acknowledged = set(customer.ordered)
    assert acknowledged <= orders
    assert len(acknowledged) == len(customer.ordered)
    assert len(orders - acknowledged) <= customer.unknown
    pieces = _pieces(system, "orders", customer) + _pieces(system, "cart", customer)
    assert customer.added <= pieces <= customer.added + customer.unknown


def _pieces(system: Composed, table: str, buyer: Buyer) -> int:
    """How many pieces they have in the cart, or in orders."""
    query = {
        "cart": f"SELECT quantity FROM cart_line WHERE cart_id = '{buyer.user_id}'",
        "orders": "SELECT quantity FROM order_line JOIN customer_order o ON o.id = order_id "
        f"WHERE user_id = '{buyer.user_id}'",
    }[table]
    return sum(map(int, _ask(system, "catalog", query).split()))


def _caught(system: Composed) -> dict[str, Counter[str]]:
    """To whom the catcher has emails: how often which Message-ID."""
    port = system.run("port", "mail", "1080").strip().rpartition(":")[2]
    letters = httpx2.get(f"http://localhost:{port}/email", timeout=30).raise_for_status()
    caught: dict[str, Counter[str]] = {}
    for letter in json.loads(letters.content):
        for recipient in letter["to"]:
            copies = caught.setdefault(recipient["address"], Counter())
            copies[letter["headers"]["message-id"]] += 1
    return caught


def _ask(system: Composed, database: str, query: str) -> str:
    asked = system.ask(database, query)
    assert asked.returncode == 0, asked.stderr
    return asked.stdout
