"""Files with products, as the shop's staff sends and fetches them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from catalog_service.dependencies import CatalogEditor
from catalog_service.errors import ImportRefused, ImportRunning, SkuTaken
from catalog_service.transfer import exporting, importing
from catalog_service.transfer.lines import reader_of
from catalog_service.transfer.schemas import ExportOptions, ImportOptions, ImportReport
from shared.errors import (
    PayloadTooLarge,
)
from shared.http.problem_groups import BODY, VERIFIED_AND_ALLOWED
from shared.http.problems import problems
from shared.language.translation import language_of
from shared.transfer.formats import MEDIA_TYPES, documented, documented_body
from shared.transfer.importing import BESIDE_REQUESTS
from shared.transfer.uploads import format_of_body, received

router = APIRouter(
    prefix="/api/v1/products",
    tags=["managing products"],
    responses=problems(*VERIFIED_AND_ALLOWED),
)

_FILE = documented(
    csv='name,price,sku,is_active\n"Чай чёрный «Ассам», 100 г",34900,TEA-0017,true\n',
    json_line='{"name": "Чай чёрный «Ассам», 100 г", "price": 34900, "sku": "TEA-0017"}',
)


@router.post(
    "/import",
    openapi_extra=documented_body(_FILE),
    responses=problems(*BODY, PayloadTooLarge, ImportRunning, SkuTaken, ImportRefused),
)
async def import_products(
    editor: CatalogEditor,
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
            reader_of(file, kind, currency=currency, unit=options.price_unit).rows,
            options=options,
            currency=currency,
            actor_id=editor.user_id,
            language=language,
            pace=BESIDE_REQUESTS,
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
