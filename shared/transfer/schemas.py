"""How files are asked for, and the report of an import."""

from pydantic import Field

from shared.transfer.formats import FileFormat
from shared.values.schemas import Schema


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


class ExportOptions(Schema):
    """How to write a file."""

    format: FileFormat = FileFormat.CSV


class LineError(Schema):
    """Why a line was refused; lines are counted from one, as editors count them."""

    line: int = Field(examples=[17])
    message: str = Field(examples=["is not UTF-8 text; save the file as UTF-8"])


class ImportReport(Schema):
    """What came of each line of the file; a dry run reports what would."""

    created: int
    changed: int
    unchanged: int = Field(description="There already, and the same.")
    refused: int
    errors: list[LineError] = Field(description="Of the refused lines the first 100.")
