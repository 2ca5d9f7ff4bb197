"""What a new password must be like, as auth has it: shown before it is typed.

Scripts mark those with a regular expression as they are met; auth decides.
"""

from collections.abc import Callable
from typing import Final

MIN_LENGTH: Final = 8
MAX_LENGTH: Final = 128
SPECIAL_CHARACTERS: Final = "$%&!:"


def password_rules(_: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return each rule as a regular expression and as a text."""
    length = _("%(least)s to %(most)s characters") % {"least": MIN_LENGTH, "most": MAX_LENGTH}
    special = _("One of %(characters)s") % {"characters": " ".join(SPECIAL_CHARACTERS)}
    return [
        (f"^.{{{MIN_LENGTH},{MAX_LENGTH}}}$", length),
        ("[A-Z]", _("A capital Latin letter")),
        (f"[{SPECIAL_CHARACTERS}]", special),
        ("^[ -~]+$", _("Only Latin letters, digits, signs and spaces")),
    ]
