"""Text in CSV that no spreadsheet takes for a formula, and that an import reads as it was.

What would begin a formula gets an apostrophe before it, at the beginning of a cell and behind what
a spreadsheet may take for the end of one: some split at semicolons whatever the file says. An
apostrophe that stands there already gets another, so that taking one away gives the text back.
"""

import re
from typing import Final

_BEGINS: Final = "=+@\t\r\n\uff1d\uff0b\uff0d\uff20-"
"""As OWASP's page on CSV injection has them: also tabs, line ends and the full-width forms."""
_PLACE: Final = rf"(^|[;\t\r\n])('*)(?=[{_BEGINS}])"
_TO_GUARD: Final = re.compile(_PLACE)
_GUARDED: Final = re.compile(_PLACE.replace("'*", "'+"))


def guarded(text: str) -> str:
    """Return what is written for `text`."""
    return _TO_GUARD.sub(r"\1'\2", text)


def unguarded(cell: str) -> str:
    """Return the text that `guarded` has written as `cell`; any other is mostly as it is."""
    if "'" not in cell:
        return cell
    return _GUARDED.sub(lambda found: f"{found[1]}{found[2][1:]}", cell)
