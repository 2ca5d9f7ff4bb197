"""Forms that say which revision of a thing they were made of."""

from web_service.pages.forms import Form


def if_match(form: Form) -> dict[str, str]:
    """Return the field by which the API changes that revision alone; nothing if none is said."""
    seen = form.text("revision")
    return {"If-Match": f'"{seen}"'} if seen.isascii() and seen.isdecimal() else {}
