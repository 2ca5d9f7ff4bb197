"""Any colour of a shop can be read, on light and on dark background."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web_service.static_files.bundle import FOLDER
from web_service.static_files.colors import Color, contrast
from web_service.static_files.icon import icon
from web_service.static_files.theme import DARK, LIGHT, dark_theme, light_theme, theme

COLORS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def declared(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): ?(#[0-9a-f]{3,6})", css))


def whole(color: str) -> str:
    return color if len(color) == 7 else "#" + "".join(part * 2 for part in color[1:])


@given(COLORS)
def test_text_in_the_color_can_be_read(color: str) -> None:
    for made, backgrounds in ((light_theme, LIGHT), (dark_theme, DARK)):
        colors = made(Color.parse(color))
        for background in (*backgrounds, colors["shop-tint"]):
            assert contrast(colors["shop"], background) >= 4.5
        for button in (colors["shop"], colors["shop-strong"]):
            assert contrast(colors["shop-on"], button) >= 4.5


@given(COLORS)
def test_a_color_is_read_and_written(color: str) -> None:
    parsed = Color.parse(color)
    channels = [int(parsed.hex[at : at + 2], 16) - int(color[at : at + 2], 16) for at in (1, 3, 5)]
    assert max(map(abs, channels)) <= 1


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48)]
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("text", ["", "red", "#12345", "#1234567", "#12345g", "#123456\n", "}*{"])
def test_what_is_no_color_is_refused(text: str) -> None:
    for make in (theme, icon):
        with pytest.raises(ValueError, match="must be a colour"):
            make(text)


def own_colors() -> tuple[dict[str, str], dict[str, str]]:
    css = Path(FOLDER, "css/vitrina.css").read_text()
    light, dark = css.split("prefers-color-scheme: dark", 1)
    dark = dark.split("/* The page */", 1)[0]
    return declared(light), {**declared(light), **declared(dark)}


@pytest.mark.parametrize("background", [0, 1], ids=["light", "dark"])
def test_our_own_colors_can_be_read(background: int) -> None:
    colors = {name: whole(color) for name, color in own_colors()[background].items()}
    assert (colors["paper"], colors["surface"]) == (LIGHT, DARK)[background]
    for name in ("ink", "muted", "good", "bad", "warn", "info"):
        backgrounds = ["paper", "surface", "calm-tint"]
        backgrounds += [f"{name}-tint"] if f"{name}-tint" in colors else []
        for under in backgrounds:
            assert contrast(colors[name], colors[under]) >= 4.5, (name, under)
    for under in ("paper", "surface"):
        assert contrast(colors["edge"], colors[under]) >= 3, under
    assert contrast(colors["surface"], colors["bad"]) >= 4.5
