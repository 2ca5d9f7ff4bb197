"""How far a follower has read: an opaque text, which only this service makes and reads."""

import re
from dataclasses import dataclass
from uuid import UUID

_CURSOR = re.compile(r"([0-9a-f]{16})\.(0|[1-9][0-9]{0,18})(?:\.([0-9a-f-]{36}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cursor:
    """All changes up to `revision` have been read.

    While all accounts are being copied, `copied_to` is the id of the last one, and `revision` that
    of the beginning: what changes meanwhile is read after the copy.
    """

    epoch: str
    revision: int
    copied_to: UUID | None = None

    def __str__(self) -> str:
        parts = (self.epoch, self.revision, self.copied_to)
        return ".".join(str(part) for part in parts if part is not None)


def parse(text: str) -> Cursor | None:
    """Return the cursor that is written so; None for everything else."""
    if (match := _CURSOR.fullmatch(text)) is None:
        return None
    epoch, revision, copied_to = match.groups()
    try:
        return Cursor(epoch, int(revision), UUID(copied_to) if copied_to else None)
    except ValueError:
        return None
