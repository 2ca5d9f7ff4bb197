"""Files with products, as the shop's staff sends and fetches them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from catalog_service.dependencies import CatalogEditor
from catalog_service.errors import ImportRefused, ImportRunning, SkuTaken
from catalog_service.transfer import exporting, importing
from catalog_service.transfer.files import reader_of
from catalog_service.transfer.schemas import ExportOptions, ImportOptions, ImportReport
from catalog_service.transfer.uploads import (
    CSV,
    JSON_LINES,
    MEDIA_TYPES,
    OCTETS,
    format_of_body,
    received,
)
from shared.errors import (
    EmailNotVerified,
    Forbidden,
    MalformedBody,
    PasswordChangeRequired,
    PayloadTooLarge,
    ServiceUnavailable,
    Unauthorized,
    UnsupportedMediaType,
)
from shared.problems import problems
from shared.translation import language_of

router = APIRouter(
    prefix="/api/v1/products",
    tags=["managing products"],
    responses=problems(
        Unauthorized, Forbidden, PasswordChangeRequired, EmailNotVerified, ServiceUnavailable
    ),
)

_EXAMPLES = {
    CSV: 'name,price,sku,is_active\n"Чай чёрный «Ассам», 100 г",34900,TEA-0017,true\n',
    JSON_LINES: '{"name": "Чай чёрный «Ассам», 100 г", "price": 34900, "sku": "TEA-0017"}\n',
}
_FILE: dict[str, Any] = {
    media_type: {"schema": {"type": "string"}, "example": example}
    for media_type, example in _EXAMPLES.items()
}
_SENT_FILE = {**_FILE, OCTETS: {"schema": {"type": "string", "format": "binary"}}}


@router.post(
    "/import",
    openapi_extra={"requestBody": {"required": True, "content": _SENT_FILE}},
    responses=problems(
        MalformedBody, PayloadTooLarge, UnsupportedMediaType, ImportRunning, SkuTaken, ImportRefused
    ),
)
async def import_products(
    _editor: CatalogEditor,
    options: Annotated[ImportOptions, Query()],
    request: Request,
    response: Response,
) -> ImportReport:
    """Add and change products from a file of at most 64 MiB and a million lines.

    A product with a known `sku` is changed if it differs; all others are added. All lines are
    imported or none, unless `skip_errors` is true. A price is a whole number of the smallest unit,
    as everywhere here, or has decimals: `34900` and `349.00` are the same; `prices` shows how they
    were read.
    """
    currency: str = request.app.state.currency
    language = language_of(request.headers.raw)
    response.headers.update({"Content-Language": language, "Vary": "Accept-Language"})
    kind = format_of_body(request, otherwise=options.format)
    async with received(request) as file:
        return await importing.import_products(
            reader_of(file, kind, currency=currency, unit=options.price_unit),
            options=options,
            currency=currency,
            language=language,
        )


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"description": "A file that an import reads.", "content": _FILE}},
)
async def export_products(
    _editor: CatalogEditor, options: Annotated[ExportOptions, Query()]
) -> StreamingResponse:
    """Give all products for sale as a file, in the order in which they were added."""
    return StreamingResponse(
        await exporting.export_products(options),
        media_type=MEDIA_TYPES[options.format],
        headers={
            "Content-Disposition": f'attachment; filename="products.{options.format}"',
            "Cache-Control": "no-store",
        },
    )
