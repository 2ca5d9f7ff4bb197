"""What a character shows, by its Unicode properties: something, nothing, or others turned around.

Python's `unicodedata` has neither of the two properties that decide; they stand here as ranges of
Unicode 16 and have not changed for years, because ranges are set aside for what is to come.
"""

from bisect import bisect_right
from unicodedata import category

_DEFAULT_IGNORABLE = (
    *(0x00AD, 0x00AE, 0x034F, 0x0350, 0x061C, 0x061D, 0x115F, 0x1161, 0x17B4, 0x17B6),
    *(0x180B, 0x1810, 0x200B, 0x2010, 0x202A, 0x202F, 0x2060, 0x2070, 0x3164, 0x3165),
    *(0xFE00, 0xFE10, 0xFEFF, 0xFF00, 0xFFA0, 0xFFA1, 0xFFF0, 0xFFF9, 0x1BCA0, 0x1BCA4),
    *(0x1D173, 0x1D17B, 0xE0000, 0xE1000),
)
"""Default_Ignorable_Code_Point (DerivedCoreProperties.txt): where each range begins and is over."""
_BLANK = frozenset("\u2800\U0001d159")
"""Symbols by category whose glyph is empty: a Braille cell without dots, a note without a head."""
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""Bidi_Control of PropList.txt: marks, embeddings, overrides and isolates."""
_VISIBLE = frozenset("LNPS")  # the first letters of the categories of what has a glyph


def is_ignorable(character: str) -> bool:
    """Tell whether a program that does not know better shows nothing for it, not even a space."""
    return bisect_right(_DEFAULT_IGNORABLE, ord(character)) % 2 == 1


def is_visible(character: str) -> bool:
    """Tell whether it leaves a mark of its own; combining marks and spaces do not."""
    return (
        category(character)[0] in _VISIBLE
        and not is_ignorable(character)
        and character not in _BLANK
    )


def is_bidi_control(character: str) -> bool:
    """Tell whether it may turn the text around it."""
    return character in _BIDI_CONTROLS
