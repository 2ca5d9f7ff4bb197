"""A shop with a history: people, what they did, products, and orders of a year."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg

from testing.catalog_filling import fill

ALL_HAVE, TENTH, RARE = "Buyer", "Anna", "Smirnova777"
"""Words of names: of all, of one in ten, and of a few."""
DOMAIN = "example5.com"
"""The domain of one in a hundred."""
RARE_EVENT = "products_imported"
_PEOPLE = """
    INSERT INTO users (id, full_name, searchable_name, email, phone, password_hash, roles,
        is_active, is_email_verified, password_change_required, token_version, created_at,
        updated_at)
    SELECT gen_random_uuid(), name, lower(name), email, '+70' || lpad((i * 7919)::text, 9, '0'),
        'x', ARRAY['user'], i % 50 > 0, true, false, 1, now() - i * interval '1 minute', now()
    FROM (SELECT i, 'person' || i || '@example' || i % 97 || '.com' AS email,
        (ARRAY['Anna','Boris','Vera','Gleb','Daria','Egor','Zoya','Ivan','Kira','Lev'])[1 + i % 10]
        || ' ' || (ARRAY['Smirnova','Ivanov','Popova','Sokolov','Lebedeva'])[1 + (i / 10) % 5]
        || i % 20011 || ' Buyer' AS name FROM generate_series(1, $1::int) AS i) AS people
"""
_EVENTS = """
    INSERT INTO audit_events (at, event, succeeded, actor_id, subject_id, address, user_agent,
        request_id, details)
    SELECT now() - n * interval '10 seconds',
        (ARRAY['signed_in', 'registered', 'profile_changed', 'signed_out'])[1 + n % 4], n % 9 > 0,
        id, id, '127.0.0.1', '', '', '{}'
    FROM (SELECT id, row_number() OVER (ORDER BY created_at, twice) AS n
        FROM users, generate_series(1, 2) AS twice) AS events
"""
_STAFF_EVENTS = """
    INSERT INTO audit_events (at, event, actor_id, product_id, details)
    SELECT now() - n * interval '10 seconds', CASE WHEN n % 20000 = 0 THEN 'products_imported'
        ELSE (ARRAY['product_changed', 'product_added'])[1 + n % 2] END,
        '00000000-0000-4000-8000-000000000001'::uuid, 1 + n % 1000, '{}'
    FROM generate_series(1, 2 * $1::int) AS n
"""
_ORDERS = """
    INSERT INTO customer_order (id, user_id, status, total, created_at, updated_at)
    SELECT gen_random_uuid(), id, (ARRAY['placed', 'paid', 'paid', 'cancelled'])[1 + n % 4],
        1000 + n, now() - n * (interval '1 year' / $1::int), now()
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM buyers LIMIT $1::int) AS placed
"""
_LINES = """
    INSERT INTO order_line (order_id, product_id, name, price, quantity, is_counted)
    SELECT id, 1 + (n * 7 + number * 131071) % $1::int, 'A product', 100 * number + n % 1000,
        1 + n % 3, false
    FROM (SELECT id, row_number() OVER (ORDER BY created_at) AS n FROM customer_order) AS placed,
        generate_series(1, 3) AS number
    WHERE number < 3 OR n % 2 = 0
"""


def database_url(admin: str, name: str) -> str:
    """Return the URL of a service's database for who owns the server."""
    return urlunsplit(urlsplit(admin)._replace(path=f"/{name}"))


async def fill_shop(admin: str, *, products: int, people: int) -> None:
    """Fill the databases of auth and catalog; each of the people has ordered once."""
    auth = await asyncpg.connect(database_url(admin, "auth"))
    catalog = await asyncpg.connect(database_url(admin, "catalog"))
    try:
        await auth.execute(_PEOPLE, people)
        await auth.execute(_EVENTS)
        await fill(database_url(admin, "catalog"), products)
        await _until_all_are_buyers(catalog, people)
        await catalog.execute(_ORDERS, people)
        await catalog.execute(_LINES, products)
        await catalog.execute(_STAFF_EVENTS, people)
        for connection in (auth, catalog):
            await connection.execute("VACUUM ANALYZE")
    finally:
        await auth.close()
        await catalog.close()


async def _until_all_are_buyers(catalog: asyncpg.Connection, people: int) -> None:
    """Wait for auth's feed."""
    for _ in range(600):
        if await catalog.fetchval("SELECT count(*) FROM buyers") >= people:
            return
        await asyncio.sleep(1)
    raise SystemExit("The catalog does not learn of the accounts")


async def number_of_an_order(admin: str) -> str:
    """Return the number of some order, as people are shown it."""
    connection = await asyncpg.connect(database_url(admin, "catalog"))
    try:
        order_id: UUID = await connection.fetchval("SELECT id FROM customer_order LIMIT 1")
        return str(order_id)[:8]
    finally:
        await connection.close()


async def verify_emails(admin: str) -> None:
    """Have everybody's email be verified."""
    connection = await asyncpg.connect(database_url(admin, "auth"))
    try:
        await connection.execute("UPDATE users SET is_email_verified = true")
    finally:
        await connection.close()


def product_lines(count: int) -> Iterator[str]:
    """Give the lines of a CSV file with so many new products."""
    yield "name,price,sku\n"
    batch = uuid4().hex[:8]
    for number in range(count):
        yield f'"Чайник заварочный, № {number}",{1000 + number},{batch}-{number:07}\n'
