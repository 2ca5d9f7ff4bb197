"""How long a migration may be in the way.

Apart from what runs migrations: settings name the limits, and what only commands need costs every
process memory that imports it.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a migration may wait for a lock, and PostgreSQL work on one of its statements."""

    lock: timedelta
    statement: timedelta

    def settings(self) -> dict[str, str]:
        """Return them as PostgreSQL's own settings, in milliseconds."""
        return {
            "lock_timeout": str(round(self.lock / timedelta(milliseconds=1))),
            "statement_timeout": str(round(self.statement / timedelta(milliseconds=1))),
        }


USUAL = Limits(lock=timedelta(milliseconds=500), statement=timedelta(minutes=10))
"""Less than PostgreSQL's deadlock_timeout: where it comes to that, the migration gives way."""
