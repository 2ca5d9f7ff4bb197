"""Why an address gets no email, in words."""

from collections.abc import Callable, Mapping


def reason_texts(gettext: Callable[[str], str]) -> Mapping[str, str]:
    """Return the texts of the reasons that the API knows."""
    _ = gettext
    return {
        "unsubscribed": _("Unsubscribed"),
        "hard_bounce": _("The address does not exist"),
        "soft_bounces": _("Emails came back several times"),
        "complaint": _("Complained of spam"),
        "manual": _("Added by hand"),
    }
