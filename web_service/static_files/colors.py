"""Colours by how light they look (OKLab), and the contrast of two (WCAG 2.2, 1.4.3).

OKLab: https://bottosson.github.io/posts/oklab/
"""

import math
import re
from typing import Final, NamedTuple, Self

HEX: Final = re.compile(r"#[0-9a-f]{6}", re.ASCII | re.IGNORECASE)
_STEPS: Final = 200
_SHOWN: Final = 0.5001
"""How far from one half the light of a channel may be."""
_SRGB_LINEAR: Final = 0.04045
_LINEAR_SRGB: Final = 0.0031308


class Color(NamedTuple):
    """A colour by lightness (0 to 1), chroma (0 is grey) and hue in degrees."""

    lightness: float
    chroma: float
    hue: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `#rrggbb`; ValueError for anything else."""
        if HEX.fullmatch(text) is None:
            raise ValueError("must be a colour like #0f5c55")
        red, green, blue = (_linear(int(text[at : at + 2], 16) / 255) for at in (1, 3, 5))
        long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
        middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
        short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
        a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
        b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
        lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
        return cls(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)

    @property
    def hex(self) -> str:
        """The colour as `#rrggbb`, with as much of its chroma as a screen has."""
        color = self
        while color.chroma > 0 and any(abs(part - 0.5) > _SHOWN for part in color._light()):
            color = color._replace(chroma=max(color.chroma - 0.004, 0))
        parts = (min(max(_gamma(part), 0), 1) for part in color._light())
        return "#" + "".join(f"{round(part * 255):02x}" for part in parts)

    def moved(self, *, chroma: float = 1, lightness: float | None = None) -> Self:
        """Return it with this many times its chroma, and another lightness."""
        light = self.lightness if lightness is None else min(max(lightness, 0), 1)
        return self._replace(lightness=light, chroma=self.chroma * chroma)

    def readable(self, *backgrounds: str, least: float) -> Self:
        """Return the nearest that has this contrast with each background, all dark or all light."""
        darker = _luminance(backgrounds[0]) > 0.18  # noqa: PLR2004 - as far from black as from white
        color = self
        for _ in range(_STEPS):
            if all(contrast(color.hex, background) >= least for background in backgrounds):
                break
            step = -1 / _STEPS if darker else 1 / _STEPS
            color = color.moved(lightness=color.lightness + step)
        return color

    def _light(self) -> tuple[float, float, float]:
        a = self.chroma * math.cos(math.radians(self.hue))
        b = self.chroma * math.sin(math.radians(self.hue))
        long = (self.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        middle = (self.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (self.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        return (
            4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
        )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(text: str) -> float:
    red, green, blue = (_linear(int(text[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= _SRGB_LINEAR else float(((part + 0.055) / 1.055) ** 2.4)


def _gamma(part: float) -> float:
    if part <= _LINEAR_SRGB:
        return 12.92 * part
    return float(1.055 * part ** (1 / 2.4) - 0.055)
