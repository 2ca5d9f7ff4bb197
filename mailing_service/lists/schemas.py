"""What a list of recipients looks like from outside."""

from typing import Annotated

from pydantic import Field, StringConstraints

from mailing_service.bounds import NAME_LENGTH
from shared.cursor_pages import ListPage, ListQuery
from shared.values.schemas import OneLine, Schema, UtcDatetime

ListName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_LENGTH),
    OneLine,
    Field(examples=["Regular customers"]),
]


class ListCreate(Schema):
    """A list to be made; its name is its owner's own."""

    name: ListName


class ListUpdate(Schema):
    """A list's new name."""

    name: ListName


class ListRead(Schema):
    """A list."""

    id: int = Field(examples=[17])
    name: str
    size: int = Field(description="How many recipients stand in it.")
    created_at: UtcDatetime
    updated_at: UtcDatetime


class RecipientListQuery(ListQuery):
    """Which lists are shown."""


class RecipientListPage(ListPage[ListRead]):
    """One page of your lists, the newest first."""
