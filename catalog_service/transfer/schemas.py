"""What a line of a file holds, how files are asked for, and the report of an import."""

from typing import Annotated

from pydantic import Field, Strict

from catalog_service.products.schemas import Price, ProductName, Sku
from catalog_service.transfer.prices import PriceUnit
from shared.http.query_parameters import MaybeGiven
from shared.transfer.schemas import ExportOptions as FileExportOptions
from shared.transfer.schemas import ImportOptions as FileImportOptions
from shared.transfer.schemas import ImportReport as FileImportReport
from shared.values.schemas import Schema


class ProductLine(Schema):
    """A product in a file; what it does not say of `is_active` stays as it is."""

    name: ProductName
    price: Price
    sku: Sku | None = None
    is_active: Annotated[bool, Strict()] | None = None


class ImportOptions(FileImportOptions):
    """How to go about a file."""

    price_unit: MaybeGiven[PriceUnit] = Field(
        default=None,
        description="What whole numbers count: `minor`, the currency's smallest unit, or `major`."
        " Decimals, as in `199.00` or `199,90`, are always of the major unit. Where it is not given"
        " whole numbers are `minor`, and a file that has both is refused.",
    )


class ExportOptions(FileExportOptions):
    """Which products, and how."""

    include_inactive: bool = Field(
        default=False, description="Also the products that are not for sale."
    )


class ReadPrice(Schema):
    """How a price was read: compare `shown` with what the file is meant to say."""

    line: int = Field(examples=[2])
    name: str = Field(examples=["Чай"])
    price: int = Field(examples=[34900], description="In the currency's smallest unit.")
    shown: str = Field(examples=["349,00 ₽"], description="In the language of Accept-Language.")


class ImportReport(FileImportReport):
    """What came of each product in the file; a dry run reports what would."""

    unchanged: int = Field(description="Known by their sku, and the same already.")
    prices: list[ReadPrice] = Field(
        description="The first products, then the cheapest and the dearest of all."
    )
