"""What was typed into a form whose session had ended: kept until its person is back.

A form says sealed whose it is, so that nobody else's text is kept and nobody else is shown it. It
is kept for an hour, without passwords and files, and the address of its page leads to it.
"""

import json
import zlib
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from shared import clock
from shared.secret_box import CannotOpen, SecretBox
from web_service.models import KeptForm
from web_service.pages.forms import Form
from web_service.sessions import cookie

OWNER: Final = "form-owner"
"""The field that says whose a form is."""
PARAMETER: Final = "kept"
"""Of the query: the value whose hash the table knows."""
LIFETIME: Final = timedelta(hours=1)
MAX_SIZE: Final = 64 * 1024
"""Bytes that are sealed, after compression."""
MOST: Final = 5
"""Forms of one person; older ones go."""
_PURPOSE: Final = "a form that was kept"
_OWNER_PURPOSE: Final = "whose a form is"

_reader: ContextVar[tuple[SecretBox, UUID] | None] = ContextVar("reader", default=None)


@dataclass(slots=True)
class Kept:
    """A form that is back, and whether its page has shown it."""

    form: Form
    id_hash: str
    is_shown: bool = False


def set_reader(box: SecretBox, user_id: UUID | None) -> None:
    """Say for whom the forms of this request's page are."""
    _reader.set(None if user_id is None else (box, user_id))


def owner_mark() -> str:
    """Return what a form has as its field `form-owner`; nothing where nobody is signed in."""
    reader = _reader.get()
    if reader is None:
        return ""
    box, user_id = reader
    return box.seal(user_id.bytes, purpose=_OWNER_PURPOSE).hex()


def owner_of(form: Form, box: SecretBox) -> UUID | None:
    """Return whose a form is, if it says so."""
    try:
        return UUID(bytes=box.open(bytes.fromhex(form.raw(OWNER)), purpose=_OWNER_PURPOSE))
    except (CannotOpen, ValueError):
        return None


async def keep(form: Form, path: str, *, user_id: UUID, box: SecretBox) -> str | None:
    """Keep a form of the page at `path`; return its value, or None where it is too large."""
    typed = {name: values for name, values in form.values.items() if _may_be_kept(name)}
    content = zlib.compress(json.dumps([path, typed]).encode())
    if len(content) > MAX_SIZE:
        return None
    value = cookie.new_value()
    await KeptForm.create(
        id_hash=cookie.hash_of(value),
        user_id=user_id,
        sealed=box.seal(content, purpose=_PURPOSE, with_token=str(user_id)),
        expires_at=clock.now() + LIFETIME,
    )
    own = KeptForm.filter(user_id=user_id).order_by("-expires_at", "id_hash")
    older = await own.offset(MOST).values_list("id_hash", flat=True)
    if older:
        await KeptForm.filter(id_hash__in=older).delete()
    return value


async def find(value: str, path: str, *, user_id: UUID, box: SecretBox) -> Kept | None:
    """Return the form of the page at `path`; another person's is dropped."""
    row = await KeptForm.get_or_none(id_hash=cookie.hash_of(value))
    if row is None:
        return None
    if row.user_id != user_id or row.expires_at <= clock.now():
        await row.delete()
        return None
    try:
        content = box.open(bytes(row.sealed), purpose=_PURPOSE, with_token=str(user_id))
    except CannotOpen:
        await row.delete()
        return None
    kept_path, typed = json.loads(zlib.decompress(content))
    return Kept(Form(typed), row.id_hash) if kept_path == path else None


async def forget(kept: Kept) -> None:
    """Forget a form that is back on its page."""
    await KeptForm.filter(id_hash=kept.id_hash).delete()


async def purge() -> None:
    """Forget what nobody came back for."""
    await KeptForm.filter(expires_at__lte=clock.now()).delete()


def address(path: str, query: list[tuple[str, str]], value: str) -> str:
    """Return the address of the page that shows the form again."""
    others = [(name, text) for name, text in query if name != PARAMETER]
    return f"{path}?{urlencode([*others, (PARAMETER, value)])}"


def _may_be_kept(name: str) -> bool:
    return name != OWNER and "password" not in name.lower()
