"""What shows nothing, and what turns text around, whatever its category says."""

import sys
from unicodedata import bidirectional, category

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.values.schemas import Line
from shared.values.visible import is_bidi_control, is_ignorable, is_visible

LINE = TypeAdapter(Line)
NOTHING = {
    "hangul filler": "\u3164",
    "halfwidth hangul filler": "\uffa0",
    "hangul choseong filler": "\u115f",
    "hangul jungseong filler": "\u1160",
    "khmer inherent vowel": "\u17b4",
    "braille blank": "\u2800",
    "null notehead": "\U0001d159",
    "zero width joiner": "\u200d",
    "word joiner": "\u2060",
    "soft hyphen": "\u00ad",
    "combining grapheme joiner": "\u034f",
    "mongolian vowel separator": "\u180e",
    "variation selector": "\ufe0f",
    "tag": "\U000e0041",
    "byte order mark": "\ufeff",
    "accent alone": "\u0301",
    "private use": "\ue000",
    "unassigned": "\U000e0fff",
}


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize("pattern", ["{0}", "{0}{0}", " {0} {0}", "\u2800\u00a0{0}"])
def test_a_text_that_shows_nothing_is_refused(name: str, pattern: str) -> None:
    with pytest.raises(ValidationError):
        LINE.validate_python(pattern.format(NOTHING[name]))
    assert not is_visible(NOTHING[name])


@pytest.mark.parametrize(
    "text", ["Ann", "Ёлкина", "김", "王", "علي", "ا\u200cب", "❤️", "7", "-", "👨‍👩‍👧", "⠓"]
)
def test_a_text_that_shows_something_is_taken_as_it_is(text: str) -> None:
    assert LINE.validate_python(text) == text


def test_whatever_changes_direction_is_refused() -> None:
    turning = [
        chr(point)
        for point in range(sys.maxunicode + 1)
        if bidirectional(chr(point))
        in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    ]
    for character in [*turning, "\u200e", "\u200f", "\u061c"]:
        assert is_bidi_control(character)
        with pytest.raises(ValidationError):
            LINE.validate_python(f"Ann {character}nA")
    assert len(turning) == 9


def test_every_format_character_that_is_not_ignorable_is_known_to_show() -> None:
    shown = [
        chr(point)
        for point in range(sys.maxunicode + 1)
        if category(chr(point)) == "Cf" and not is_ignorable(chr(point))
    ]
    assert all(0x600 <= ord(c) <= 0x8E2 or 0xFFF9 <= ord(c) <= 0x1343F for c in shown)
