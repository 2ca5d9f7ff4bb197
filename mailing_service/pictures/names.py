"""How pictures and their files are called.

A picture's name is random, and says how large it is: `1f…c0-1600x900`. Its files are of several
widths, `1f…c0-1600x900-480.webp` and so on, so that a name alone says what there is to fetch. What
is behind a name never changes.
"""

import re
import secrets
from typing import Final

from mailing_service.pictures.schemas import PictureSource

WIDTHS: Final = (480, 960, 1600)
"""Pixels across; a picture has no file that is wider than it came."""
TALLEST: Final = 3200
"""Pixels down."""
PICTURES: Final = "/api/v1/pictures"
SUFFIX: Final = ".webp"
UNFINISHED: Final = "."
"""What a file is called with in front while it is not whole."""

_NAME = re.compile(r"[0-9a-f]{32}-([1-9][0-9]{0,3})x([1-9][0-9]{0,3})")


def new_name(width: int, height: int) -> str:
    """Return the name of a new picture, whose largest file has these sides."""
    return f"{secrets.token_hex(16)}-{width}x{height}"


def sizes(width: int, height: int) -> list[tuple[int, int]]:
    """Return width and height of each file of a picture, the smallest first."""
    narrower = [each for each in WIDTHS if each < width]
    return [*((each, max(1, round(each * height / width))) for each in narrower), (width, height)]


def file_name(name: str, width: int) -> str:
    """Return the name of a picture's file of this width."""
    return f"{name}-{width}{SUFFIX}"


def name_in(file: str) -> str:
    """Return the name of the picture that a file is of, also of one that was never finished."""
    return file.lstrip(UNFINISHED).rpartition(SUFFIX)[0].rpartition("-")[0]


def sources(name: str) -> list[PictureSource]:
    """Return what there is of a picture, the smallest first; nothing of what is no name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return []
    return [
        PictureSource(url=f"{PICTURES}/{file_name(name, width)}", width=width, height=height)
        for width, height in sizes(int(found[1]), int(found[2]))
    ]


def file_names(name: str) -> list[str]:
    """Return the names of a picture's files; none of what is no name."""
    return [file_name(name, source.width) for source in sources(name)]


def is_file_name(file: str) -> bool:
    """Tell whether a picture may have a file of this name."""
    return file in file_names(name_in(file))
