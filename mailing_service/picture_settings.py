"""The settings of pictures."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field

from shared.settings import ServiceSettings


class PictureSettings(ServiceSettings):
    """Where pictures lie, and for how long."""

    pictures_dir: Path = Field(
        default=Path("/var/lib/vitrina/pictures"),
        description="The folder of the pictures, which all replicas and workers share.",
    )
    picture_retention: Annotated[timedelta, Field(ge=timedelta(hours=1))] = Field(
        default=timedelta(days=7),
        description="How long pictures are kept that no article shows any more, for pages and"
        " feeds that were fetched before.",
    )
