"""Recipients of a file on their way in, a batch at a time."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from mailing_service.addresses import AddressHasher
from mailing_service.bounds import MAX_FIELDS, SEARCHABLE_LENGTH
from mailing_service.recipients import writing
from mailing_service.recipients.transfer_schemas import RecipientLine
from shared import clock
from shared.language.translation import Sentence
from shared.transfer.importing import BatchResult
from shared.transfer.rows import BadLine, GoodLine, about
from shared.values.words import searchable

_TOO_MANY = about("custom_fields", Sentence("There would be more than {most}", most=MAX_FIELDS))
_EMPTY: Mapping[str, Any] = {
    "full_name": "",
    "searchable": "",
    "comment": "",
    "custom_fields": {},
}


class RecipientBatches:
    """Finds out what batches of lines change for an owner, and changes it.

    A recipient is known by the address. Suppressions are never touched: they are the address's.
    """

    def __init__(self, owner_id: UUID, hasher: AddressHasher, *, list_id: int | None) -> None:
        self._owner_id, self._hasher, self._list_id = owner_id, hasher, list_id

    async def take(self, rows: Sequence[GoodLine[RecipientLine]], *, writes: bool) -> BatchResult:
        """Return what comes of these lines."""
        known = await writing.find([row.value.email for row in rows], owner_id=self._owner_id)
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        unchanged = 0
        refused: list[BadLine] = []
        for row in rows:
            recipient = known.get(row.value.email)
            values = _changes(recipient or _EMPTY, row.value)
            if recipient is None:
                new.append({**_EMPTY, **values, **self._address(row.value.email)})
            elif len(values.get("custom_fields", ())) > MAX_FIELDS:
                refused.append(BadLine(row.number, _TOO_MANY))
            elif values:
                changed.append({**recipient, **values})
            else:
                unchanged += 1
        if writes:
            await self._write(new, changed, [row.value.email for row in rows])
        return BatchResult(
            created=len(new), changed=len(changed), unchanged=unchanged, refused=refused
        )

    async def _write(
        self, new: list[dict[str, Any]], changed: list[dict[str, Any]], emails: list[str]
    ) -> None:
        await writing.insert(new, owner_id=self._owner_id)
        await writing.update(changed, now=clock.now())
        if self._list_id is not None:
            await writing.put_into_list(emails, owner_id=self._owner_id, list_id=self._list_id)

    def _address(self, canonical: str) -> dict[str, Any]:
        """Return the columns of an address; that of a line has its canonical form already."""
        return {
            "email": canonical,
            "canonical_email": canonical,
            "email_hash": self._hasher.hash_of(canonical),
        }


def _changes(recipient: Mapping[str, Any], line: RecipientLine) -> dict[str, Any]:
    """Return what a line changes; of custom fields those that it names."""
    values: dict[str, Any] = {"full_name": line.full_name, "comment": line.comment}
    if line.custom_fields is not None:
        values["custom_fields"] = {**recipient["custom_fields"], **line.custom_fields}
    changes = {
        name: value
        for name, value in values.items()
        if value is not None and value != recipient[name]
    }
    if "full_name" in changes:
        changes["searchable"] = searchable(changes["full_name"], SEARCHABLE_LENGTH)
    return changes
