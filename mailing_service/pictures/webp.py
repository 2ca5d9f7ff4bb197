"""A program that makes WebP of a picture: `python -I webp.py TALLEST WIDTH…`, the smallest first.

It reads the picture from standard input, a file, and writes a line of JSON, then the bytes of each
width below the picture's own, and of the largest. It runs by itself, under limits, because decoders
of pictures have had holes, and because nothing else can end one that takes too long. So it knows
nothing of the service, and imports none of it.

What comes out has neither metadata nor a colour profile: it is upright, and in sRGB.
"""

import io
import json
import resource
import sys
import warnings
from collections.abc import Sequence
from typing import BinaryIO, Final, NamedTuple

from PIL import Image, ImageCms

MOST_PIXELS: Final = {"JPEG": 50_000_000, "PNG": 50_000_000, "WEBP": 20_000_000}
"""Of each format that is read; that of WebP takes several times the memory."""
MEMORY: Final = 768 * 1024 * 1024
"""Bytes of address space, with all libraries."""
SECONDS: Final = 20
"""Of a processor."""

_QUALITY = 80
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
_AS_IT_IS = frozenset({"L", "RGB", "RGBA", "CMYK"})


class Refused(Exception):
    """The picture is not taken; the reason is `unreadable`, `too_large` or `moves`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Rendition(NamedTuple):
    """A picture of one width."""

    width: int
    height: int
    data: bytes


def renditions(file: BinaryIO, *, tallest: int, widths: Sequence[int]) -> list[Rendition]:
    """Return the picture in each width that it has, the smallest first; raises Refused."""
    try:
        largest = _decoded(file, (widths[-1], tallest))
    except (Refused, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too_large") from None
    except Exception:  # whatever a decoder raises for what somebody has made up
        raise Refused("unreadable") from None
    narrower = [width for width in widths if width < largest.width]
    smaller = [_narrowed(largest, width) for width in narrower]
    return [Rendition(*each.size, _encoded(each)) for each in (*smaller, largest)]


def _decoded(file: BinaryIO, box: tuple[int, int]) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of metadata, which are dropped
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(file, formats=tuple(MOST_PIXELS)) as picture:
            _check(picture)
            return _upright(picture, box)


def _check(picture: Image.Image) -> None:
    """Refuse by what the head of the file says, before anything is decoded."""
    kind = "JPEG" if picture.format == "MPO" else str(picture.format)  # of phones: others behind it
    if picture.width * picture.height > MOST_PIXELS[kind]:
        raise Refused("too_large")
    if kind != "JPEG" and getattr(picture, "is_animated", False):
        raise Refused("moves")


def _upright(picture: Image.Image, box: tuple[int, int]) -> Image.Image:
    """Return the picture as it is to be looked at, no larger than `box`."""
    orientation = _orientation(picture)
    if orientation in _ON_ITS_SIDE:
        box = box[1], box[0]
    scale = min(1.0, box[0] / picture.width, box[1] / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    profile = picture.info.get("icc_profile")
    picture.draft(None, (2 * size[0], 2 * size[1]))  # a JPEG need not be decoded in full
    small = _shrunk(picture, size)
    upright = small.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else small
    return _in_srgb(upright, profile)


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # a picture whose metadata are damaged is one all the same
        return 1


def _shrunk(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the picture of `size`; a large one goes by strips, or copies of it took the memory."""
    factor = max(1, min(picture.width // (2 * size[0]), picture.height // (2 * size[1])))
    picture.load()
    if factor == 1:
        return _plain(picture).resize(size, Image.Resampling.LANCZOS)
    width, height = -(-picture.width // factor), -(-picture.height // factor)
    strip_height = 64 * factor
    first = _plain(picture.crop((0, 0, 1, 1)))
    reduced = Image.new(first.mode, (width, height))
    for top in range(0, picture.height, strip_height):
        bottom = min(picture.height, top + strip_height)
        strip = _plain(picture.crop((0, top, picture.width, bottom)))
        reduced.paste(strip.reduce(factor), (0, top // factor))
    return reduced.resize(size, Image.Resampling.LANCZOS)


def _plain(picture: Image.Image) -> Image.Image:
    """Return the picture in a mode that can be made smaller without loss."""
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode.startswith("I"):  # 16 bits of grey
        return picture.convert("I").point(lambda grey: grey / 256).convert("L")
    return picture if picture.mode in _AS_IT_IS else picture.convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in the colours that browsers take for granted."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile and picture.mode in {"RGB", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # a profile that is none
        if converted is not None:
            return converted
    return picture.convert(mode)


def _narrowed(picture: Image.Image, width: int) -> Image.Image:
    height = max(1, round(width * picture.height / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _encoded(picture: Image.Image) -> bytes:
    """Return the picture as WebP, without anything beside its pixels."""
    file = io.BytesIO()
    nothing = {"icc_profile": b"", "exif": b"", "xmp": b""}
    picture.save(file, "WEBP", quality=_QUALITY, **nothing)
    return file.getvalue()


def main() -> None:
    """Read standard input, write standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    tallest, *widths = map(int, sys.argv[1:])
    made: list[Rendition] = []
    try:
        made = renditions(sys.stdin.buffer, tallest=tallest, widths=widths)
        head: dict[str, object] = {"files": [(*each[:2], len(each.data)) for each in made]}
    except MemoryError:
        head = {"refused": "too_large"}
    except Refused as error:
        head = {"refused": error.reason}
    output = sys.stdout.buffer
    output.write(json.dumps(head).encode() + b"\n")
    output.writelines(each.data for each in made)


if __name__ == "__main__":
    main()
