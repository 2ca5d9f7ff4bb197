"""What comes out is small, upright and without metadata; what is no picture comes to nothing."""

import io
import json
import math
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mailing_service.pictures import webp
from mailing_service.pictures.names import TALLEST, WIDTHS
from mailing_service.pictures.webp import Refused, Rendition
from mailing_service.tests.pictures.samples import (
    BLUE,
    HTML,
    PDF,
    RED,
    SVG,
    bomb,
    encoded,
    moving,
    opened,
    picture,
    profile_with_red_for_blue,
    with_gps,
)


def renditions(data: bytes) -> list[Rendition]:
    return webp.renditions(io.BytesIO(data), tallest=TALLEST, widths=WIDTHS)


def largest(data: bytes) -> Image.Image:
    return opened(renditions(data)[-1].data)


def colour(image: Image.Image, x: float, y: float) -> tuple[int, ...]:
    found = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(found, tuple)
    return found


def assert_like(found: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    assert math.dist(found, wanted) < 45, (found, wanted)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_webp_in_three_widths(kind: str) -> None:
    made = renditions(picture(kind, (2000, 1000)))
    assert [each[:2] for each in made] == [(480, 240), (960, 480), (1600, 800)]
    for each in made:
        image = opened(each.data)
        assert (image.format, image.size) == ("WEBP", (each.width, each.height))
        assert_like(colour(image, 0.2, 0.5), RED)
        assert_like(colour(image, 0.8, 0.5), BLUE)


def test_a_small_picture_is_not_enlarged() -> None:
    assert [each[:2] for each in renditions(picture(size=(500, 40)))] == [(480, 38), (500, 40)]
    assert [each[:2] for each in renditions(picture(size=(1, 1)))] == [(1, 1)]


@pytest.mark.parametrize("size", [(40, 9000), (30_000, 20), (1, 20_000)])
def test_a_picture_of_any_shape_fits(size: tuple[int, int]) -> None:
    made = renditions(picture("PNG", size))[-1]
    assert 1 <= made.width <= 1600
    assert 1 <= made.height <= TALLEST


@pytest.mark.parametrize(
    ("orientation", "red"),
    [
        (1, (0.2, 0.5)),
        (2, (0.8, 0.5)),
        (3, (0.8, 0.5)),
        (4, (0.2, 0.5)),
        (5, (0.5, 0.2)),
        (6, (0.5, 0.2)),
        (7, (0.5, 0.8)),
        (8, (0.5, 0.8)),
    ],
)
def test_a_photo_stands_as_it_was_taken(orientation: int, red: tuple[float, float]) -> None:
    image = largest(with_gps(orientation))
    assert image.size == ((48, 64) if orientation > 4 else (64, 48))
    assert_like(colour(image, *red), RED)
    assert_like(colour(image, 1 - red[0], 1 - red[1]), BLUE)


def test_nothing_says_where_a_photo_was_taken() -> None:
    photo = with_gps()
    assert Image.open(io.BytesIO(photo)).getexif().get_ifd(0x8825)[2]
    for each in renditions(photo):
        image = opened(each.data)
        assert not image.getexif()
        assert not {"exif", "icc_profile", "xmp"} & image.info.keys()
        for forgotten in (b"EXIF", b"XMP ", b"ICCP", b"SECRET"):
            assert forgotten not in each.data


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_a_png_is_read(mode: str) -> None:
    data = encoded(Image.new("RGB", (600, 20), "white").convert("L").convert(mode), "PNG")
    if mode == "I;16":
        data = encoded(Image.new("I;16", (600, 20), 65_535), "PNG")
    assert_like(colour(largest(data), 0.5, 0.5), (255, 255, 255))


def test_what_is_transparent_stays_so() -> None:
    image = Image.new("RGBA", (4000, 2000), (*RED, 0))
    image.paste((*RED, 255), (0, 0, 2000, 2000))
    found = largest(encoded(image, "PNG"))
    assert found.mode == "RGBA"
    assert [found.getpixel((x, 400))[3] for x in (100, 1500)] == [255, 0]  # type: ignore[index]


def test_colours_of_another_profile_are_brought_to_those_of_browsers() -> None:
    image, profile = Image.new("RGB", (40, 40), RED), profile_with_red_for_blue()
    changed = largest(encoded(image, "PNG", icc_profile=profile))
    assert_like(colour(changed, 0.5, 0.5), BLUE)
    for damaged in (b"no profile", profile[:200]):
        kept = largest(encoded(image, "PNG", icc_profile=damaged))
        assert_like(colour(kept, 0.5, 0.5), RED)


def test_a_print_is_read() -> None:
    found = largest(encoded(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG"))
    assert_like(colour(found, 0.5, 0.5), (255, 0, 0))


def test_a_photo_with_damaged_metadata_is_one_all_the_same() -> None:
    assert largest(picture(exif=b"Exif\0\0II*\0\xff\xff\xff\xff")).size == (64, 48)


def test_the_first_of_the_photos_that_a_phone_puts_into_one_file_is_it() -> None:
    frames = [Image.new("RGB", (20, 20), each) for each in (RED, BLUE)]
    data = encoded(frames[0], "MPO", save_all=True, append_images=frames[1:])
    assert_like(colour(largest(data), 0.5, 0.5), RED)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_moves_is_refused(kind: str) -> None:
    with pytest.raises(Refused, match="moves"):
        renditions(moving(kind))


@pytest.mark.parametrize(
    "data",
    [
        bomb(),
        bomb(10_000, 10_000),
        bomb(1, 60_000_000),
        picture("PNG", (7200, 7000)),
        picture("WEBP", (5000, 4100), quality=1, method=0),
    ],
    ids=["50,000 x 50,000", "10,000 x 10,000", "a line", "a little too large", "WebP"],
)
def test_what_is_too_large_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="too_large"):
        renditions(data)


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"",
        lambda: b"\0",
        lambda: PDF,
        lambda: SVG,
        lambda: HTML,
        lambda: bomb(3000, 3000),
        lambda: moving("GIF"),
        lambda: encoded(Image.new("RGB", (9, 9)), "TIFF"),
        lambda: encoded(Image.new("RGB", (9, 9)), "BMP"),
        lambda: encoded(Image.new("RGB", (9, 9)), "ICO"),
        *(
            lambda kind=kind, part=part: (whole := picture(kind, (800, 600)))[
                : int(len(whole) * part)
            ]
            for kind in ("JPEG", "PNG", "WEBP")
            for part in (0.02, 0.5, 0.9)
        ),
    ],
)
def test_what_is_no_whole_picture_is_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(Refused, match="unreadable"):
        renditions(make())


def test_changed_bytes_are_a_picture_or_refused() -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = picture(kind, (60, 40))
        for place in range(0, len(whole), max(1, len(whole) // 60)):
            changed = bytearray(whole)
            changed[place] ^= 0xFF
            try:
                renditions(bytes(changed))
            except Refused as error:
                assert error.reason in {"unreadable", "too_large", "moves"}


@pytest.fixture
def without_limits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have the program here, where its limits would be those of the tests."""
    limits: list[int] = []
    monkeypatch.setattr(resource, "setrlimit", lambda which, _: limits.append(which))
    return limits


class _Stream:
    def __init__(self, data: bytes = b"") -> None:
        self.buffer = io.BytesIO(data)


@pytest.mark.parametrize(
    ("data", "refusal"), [(b"", "unreadable"), (bomb(), "too_large"), (picture(), None)]
)
def test_the_program_writes_a_head_and_the_files(
    data: bytes,
    refusal: str | None,
    without_limits: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    output = _Stream()
    monkeypatch.setattr(sys, "argv", ["webp.py", "3200", "480", "1600"])
    monkeypatch.setattr(sys, "stdin", _Stream(data))
    monkeypatch.setattr(sys, "stdout", output)
    webp.main()
    head, _, rest = output.buffer.getvalue().partition(b"\n")
    said: dict[str, Any] = json.loads(head)
    assert said.get("refused") == refusal
    if refusal is None:
        assert said["files"] == [[64, 48, len(rest)]]
    assert {resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE} <= {*without_limits}


def test_without_memory_a_picture_is_too_large(
    without_limits: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(*_: object, **__: object) -> None:
        raise MemoryError

    output = _Stream()
    monkeypatch.setattr(sys, "argv", ["webp.py", "3200", "1600"])
    monkeypatch.setattr(sys, "stdin", _Stream(picture()))
    monkeypatch.setattr(sys, "stdout", output)
    monkeypatch.setattr(webp, "_upright", none_left)
    webp.main()
    assert json.loads(output.buffer.getvalue()) == {"refused": "too_large"}


def test_the_program_imports_nothing_of_the_service() -> None:
    command = [sys.executable, "-I", str(Path(webp.__file__)), "3200", "1600"]
    done = subprocess.run(command, input=b"", capture_output=True, check=True, env={}, cwd="/")
    assert json.loads(done.stdout) == {"refused": "unreadable"}
