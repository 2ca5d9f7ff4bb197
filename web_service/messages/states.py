"""What became of a test email, in words."""

from collections.abc import Callable, Mapping


def state_texts(gettext: Callable[[str], str]) -> Mapping[str, str]:
    """Return the texts of the states of an email."""
    _ = gettext
    return {
        "pending": _("Waits to be sent"),
        "claimed": _("Waits to be sent"),
        "sending": _("Is being sent"),
        "sent": _("The mail server has taken it"),
        "failed": _("The mail server has refused it"),
        "uncertain": _("Perhaps sent: the mail server did not say"),
        "suppressed": _("Not sent: this address is never written to"),
        "expired": _("Not sent: it waited for too long"),
    }
