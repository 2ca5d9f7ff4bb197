"""Where to go after signing in: a path of this site, and nothing else."""

from typing import Final
from urllib.parse import quote, urlsplit

MAX_LENGTH: Final = 2000
HOME: Final = "/"


def next_path(wanted: str | None) -> str:
    """Return `wanted` if it is a path and query on this site, else that of the home page.

    `//host`, a backslash, a control character or a scheme lead elsewhere in some browser.
    """
    if not wanted or len(wanted) > MAX_LENGTH or not wanted.startswith("/"):
        return HOME
    if not wanted.isascii() or not wanted.isprintable() or "\\" in wanted or "//" in wanted[:2]:
        return HOME
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc:
        return HOME
    return wanted


def sign_in_path(wanted: str) -> str:
    """Return the address of the sign-in page that leads on to `wanted`."""
    path = next_path(wanted)
    return "/users/login/" if path == HOME else f"/users/login/?next={quote(path, safe='/')}"
