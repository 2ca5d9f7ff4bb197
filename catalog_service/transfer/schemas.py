"""What a line of a file holds, how files are asked for, and what is told of an import."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, Strict

from catalog_service.products.schemas import Price, ProductName, Sku
from catalog_service.query_parameters import MaybeGiven
from catalog_service.transfer.prices import PriceUnit
from shared.schemas import Schema


class ProductLine(Schema):
    """A product in a file; what it does not say of `is_active` stays as it is."""

    name: ProductName
    price: Price
    sku: Sku | None = None
    is_active: Annotated[bool, Strict()] | None = None


class FileFormat(StrEnum):
    """How products are written down."""

    CSV = "csv"
    JSON_LINES = "jsonl"


class ImportOptions(Schema):
    """How to go about a file."""

    format: FileFormat = Field(
        default=FileFormat.CSV,
        description="How an `application/octet-stream` is written; other media types say it.",
    )
    dry_run: bool = Field(default=False, description="Check and count everything, write nothing.")
    skip_errors: bool = Field(
        default=False, description="Import the good lines; otherwise one bad line refuses all."
    )
    price_unit: MaybeGiven[PriceUnit] = Field(
        default=None,
        description="What whole numbers count: `minor`, the currency's smallest unit, or `major`."
        " Decimals, as in `199.00` or `199,90`, are always of the major unit. Where it is not given"
        " whole numbers are `minor`, and a file that has both is refused.",
    )


class ExportOptions(Schema):
    """Which products, and how."""

    format: FileFormat = FileFormat.CSV
    include_inactive: bool = Field(
        default=False, description="Also the products that are not for sale."
    )


class LineError(Schema):
    """Why a line was refused; lines are counted from one, as editors count them."""

    line: int = Field(examples=[17])
    message: str = Field(examples=["price: Must be a price like 199.00, or a whole number"])


class ReadPrice(Schema):
    """How a price was read: compare `shown` with what the file is meant to say."""

    line: int = Field(examples=[2])
    name: str = Field(examples=["Чай"])
    price: int = Field(examples=[34900], description="In the currency's smallest unit.")
    shown: str = Field(examples=["349,00 ₽"], description="In the language of Accept-Language.")


class ImportReport(Schema):
    """What came of each product in the file; a dry run tells what would."""

    created: int
    changed: int
    unchanged: int = Field(description="Known by their sku, and the same already.")
    refused: int
    errors: list[LineError] = Field(description="Of the refused lines the first 100.")
    prices: list[ReadPrice] = Field(
        description="The first products, then the cheapest and the dearest of all."
    )
