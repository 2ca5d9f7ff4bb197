"""The tokens in the links by which people leave: one for each pair of owner and address."""

import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from pypika_tortoise.dialects import PostgreSQLQuery
from pypika_tortoise.queries import QueryBuilder
from pypika_tortoise.terms import Field

from mailing_service.addresses import masked
from mailing_service.expressions import returned, unnested
from mailing_service.models.suppressions import UnsubscribeToken
from shared.database.statements import Statement

Pair = tuple[UUID, UUID]
"""An owner and the keyed hash of an address."""

_BYTES = 16
_COLUMNS = {"token": "uuid", "owner_id": "uuid", "email_hash": "uuid", "masked_email": "text"}


async def make_tokens(addresses: Mapping[Pair, str]) -> dict[Pair, UUID]:
    """Return a token for each pair, as it was made first."""
    pairs = sorted(addresses)  # one order for all workers
    values = {
        "token": [UUID(bytes=secrets.token_bytes(_BYTES)) for _ in pairs],
        "owner_id": [owner_id for owner_id, _ in pairs],
        "email_hash": [email_hash for _, email_hash in pairs],
        "masked_email": [masked(addresses[pair]) for pair in pairs],
    }
    made = {
        (row["owner_id"], row["email_hash"]): row["token"]
        for row in await _insert().fetch(returned, **values)
    }
    if missing := [pair for pair in pairs if pair not in made]:
        made |= await _stored(missing)
    return made


async def _stored(pairs: list[Pair]) -> dict[Pair, UUID]:
    hashes = {email_hash for _, email_hash in pairs}
    owners = {owner_id for owner_id, _ in pairs}
    rows = await UnsubscribeToken.filter(owner_id__in=owners, email_hash__in=hashes)
    return {(row.owner_id, row.email_hash): row.token for row in rows}


@cache
def _insert() -> Statement:
    def build() -> QueryBuilder:
        table = UnsubscribeToken._meta.basetable
        new = unnested("new", **_COLUMNS)
        query: Any = PostgreSQLQuery.into(table).columns(*_COLUMNS).from_(new)
        query = query.select(*(getattr(new, name) for name in _COLUMNS))
        query = query.on_conflict(Field("owner_id"), Field("email_hash")).do_nothing()
        inserted: QueryBuilder = query.returning(table.token, table.owner_id, table.email_hash)
        return inserted

    return Statement(build)
