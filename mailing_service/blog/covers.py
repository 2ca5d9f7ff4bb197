"""The picture at the head of an article, as answers show it."""

from typing import Annotated

from pydantic import Field

from mailing_service.pictures.names import sources
from mailing_service.pictures.schemas import PictureSource
from shared.values.schemas import Schema


class Cover(Schema):
    """A picture, and the text that stands for it."""

    alt: Annotated[str, Field(examples=["A cup of green tea on a window sill"])]
    sources: Annotated[list[PictureSource], Field(description="Its files, the smallest first.")]


def cover_of(name: str | None, alt: str) -> Cover | None:
    """Return what answers show of an article's cover; null where it has none."""
    return Cover(alt=alt, sources=sources(name)) if name else None
