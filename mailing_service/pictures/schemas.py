"""Pictures as answers show them."""

from typing import Annotated

from pydantic import Field

from shared.values.schemas import Schema


class PictureSource(Schema):
    """One file of a picture."""

    url: Annotated[str, Field(description="Its path; what is behind it never changes.")]
    width: Annotated[int, Field(description="Pixels across.")]
    height: Annotated[int, Field(description="Pixels down.")]
