"""Time zones by their names in the IANA database, the same names on every machine."""

from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

UTC = "UTC"
_NO_PLACE = frozenset({"Factory"})
"""What a clock is set to before anybody has set it."""


@cache
def time_zones() -> frozenset[str]:
    """Return the names of the package tzdata, all of which zoneinfo can load.

    `zoneinfo.available_timezones()` opens every file of the machine's own database, which has other
    names on each, and names like `localtime` among them.
    """
    names = files("tzdata").joinpath("zones").read_text(encoding="ascii").split()
    return frozenset(names) - _NO_PLACE


def _known(name: str) -> str:
    if name not in time_zones():
        raise PydanticCustomError("time_zone", "Must be a time zone like Europe/Moscow")
    return name


TimeZone = Annotated[
    str,
    AfterValidator(_known),
    Field(
        examples=["Europe/Moscow"],
        description="A name of the IANA time zone database.",
        json_schema_extra={"maxLength": 64},
    ),
]
