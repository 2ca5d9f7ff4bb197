"""The picture at the head of an article, as answers show it."""

from typing import Annotated

from pydantic import Field

from mailing_service.pictures.names import sources
from mailing_service.pictures.schemas import PictureSource
from shared.errors import FieldProblem, UnprocessableEntity
from shared.language.translation import Sentence
from shared.values.schemas import Schema


class Cover(Schema):
    """A picture, and the text that stands for it."""

    alt: Annotated[str, Field(examples=["A cup of green tea on a window sill"])]
    sources: Annotated[list[PictureSource], Field(description="Its files, the smallest first.")]


def require_its_text(name: str | None, alt: str) -> None:
    """Raise UnprocessableEntity for a cover without a text, and for a text without a cover."""
    if name is not None and not alt:
        problem = Sentence("Must not be empty while there is a cover")
        raise UnprocessableEntity([FieldProblem("cover_alt", problem)])
    if name is None and alt:
        problem = Sentence("There is no cover that it could stand for")
        raise UnprocessableEntity([FieldProblem("cover_alt", problem)])


def cover_of(name: str | None, alt: str) -> Cover | None:
    """Return what answers show of an article's cover; null where it has none."""
    return Cover(alt=alt, sources=sources(name)) if name else None
