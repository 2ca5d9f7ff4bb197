"""A count of pieces."""

from typing import Annotated

from pydantic import Field, Strict

from shared.values.schemas import Schema

MAX_STOCK = 2**31 - 1


class Stock(Schema):
    """What is left of a product."""

    quantity: Annotated[int, Strict(), Field(ge=0, le=MAX_STOCK, examples=[12])]
