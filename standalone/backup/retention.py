"""The names of backups, by which the newest are kept: those that `make backup` gives."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"vitrina-\d{8}T\d{6}Z\.backup")


def new_name() -> str:
    """The name of a backup that is made now, in UTC."""
    return f"vitrina-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.backup"


def keep_newest(number: int, *, beside: Path) -> list[Path]:
    """Remove all but the newest ``number`` of the folder of ``beside``; return what was removed.

    The names sort by time. A file of another name is nobody's business, and ``beside`` stays.
    """
    found = sorted(file for file in beside.parent.iterdir() if _NAME.fullmatch(file.name))
    old = [file for file in found[: max(0, len(found) - number)] if file.name != beside.name]
    for file in old:
        file.unlink()
    return old
