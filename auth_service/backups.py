"""When the last good backup was made, which `make backup` notes as a comment on the database."""

import re
from datetime import UTC, datetime

from tortoise.connection import get_connection

_COMMENT = re.compile(r"last backup: (\S+)")
_READ_COMMENT = (
    "SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database"
    " WHERE datname = current_database()"
)


async def last_backup() -> datetime | None:
    """Return its time; None where there is none, or the comment is somebody else's."""
    rows = await get_connection("default").execute_query_dict(_READ_COMMENT)
    found = _COMMENT.fullmatch(rows[0]["comment"] or "")
    try:
        at = datetime.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
