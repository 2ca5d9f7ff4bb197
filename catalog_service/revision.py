"""Reading the catalog's revision, shared by concurrent readers."""

import asyncio

from catalog_service.models import CatalogState
from shared.database.statements import Statement, primary


class RevisionReader:
    """Reads the revision of the primary; those who ask meanwhile share the next read.

    So each gets what was true after it asked.
    """

    def __init__(self) -> None:
        self._running: asyncio.Task[int] | None = None
        self._next: asyncio.Task[int] | None = None

    async def read(self) -> int:
        """Return what changes with every change of a product."""
        if self._next is None:
            self._next = asyncio.create_task(self._read(behind=self._running))
        return await asyncio.shield(self._next)

    async def _read(self, *, behind: asyncio.Task[int] | None) -> int:
        if behind is not None:
            await asyncio.wait([behind])
        self._running, self._next = self._next, None
        [state] = await _REVISION.fetch(primary)
        revision: int = state["revision"]
        return revision


_REVISION = Statement(lambda: CatalogState.filter(id=1).values("revision"))
