"""The shop's own colour as a style sheet: whatever it is, what is written in it can be read.

Text in it has a contrast of 4.5 on every background that vitrina.css has, in light and in dark.
"""

from typing import Final

from web_service.static_files.colors import Color

LIGHT: Final = ("#f7f5f1", "#ffffff")
"""Paper and surface of vitrina.css."""
DARK: Final = ("#161412", "#211e1b")
_TEXT: Final = 4.6
_GREY: Final = 0.02
"""Chroma below which a tint of the colour would not be seen."""


def theme(color: str) -> str:
    """Return the style sheet; ValueError for what is no colour."""
    shop = Color.parse(color)
    light, dark = light_theme(shop), dark_theme(shop)
    return (
        f":root{{{_declared(light)}}}"
        f"@media (prefers-color-scheme:dark){{:root{{{_declared(dark)}}}}}"
    )


def light_theme(shop: Color) -> dict[str, str]:
    """Return the colours on light ground."""
    tint = shop.moved(lightness=0.95, chroma=_tinted(shop, 0.28))
    text = shop.readable(*LIGHT, tint.hex, least=_TEXT)
    return {
        "shop": text.hex,
        "shop-on": "#ffffff",
        "shop-strong": text.moved(lightness=text.lightness - 0.07).hex,
        "shop-tint": tint.hex,
        "shop-line": shop.moved(lightness=0.83, chroma=_tinted(shop, 0.5)).hex,
        "awning": shop.moved(lightness=min(max(shop.lightness, 0.38), 0.84)).hex,
        "awning-light": shop.moved(lightness=0.93, chroma=_tinted(shop, 0.4)).hex,
    }


def dark_theme(shop: Color) -> dict[str, str]:
    """Return the colours on dark ground."""
    tint = shop.moved(lightness=0.28, chroma=_tinted(shop, 0.4))
    text = shop.moved(lightness=max(shop.lightness, 0.72), chroma=0.85)
    text = text.readable(*DARK, tint.hex, least=_TEXT)
    on = shop.moved(lightness=0.19, chroma=_tinted(shop, 0.3))
    return {
        "shop": text.hex,
        "shop-on": on.readable(text.hex, least=_TEXT).hex,
        "shop-strong": text.moved(lightness=text.lightness + 0.07).hex,
        "shop-tint": tint.hex,
        "shop-line": shop.moved(lightness=0.42, chroma=_tinted(shop, 0.6)).hex,
        "awning": shop.moved(lightness=min(max(shop.lightness, 0.36), 0.56)).hex,
        "awning-light": shop.moved(lightness=0.78, chroma=_tinted(shop, 0.4)).hex,
    }


def _tinted(shop: Color, part: float) -> float:
    return part if shop.chroma > _GREY else 0


def _declared(colors: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in colors.items())
