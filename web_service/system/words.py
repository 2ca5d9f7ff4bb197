"""Services, their states, and ages, in words."""

from collections.abc import Callable, Mapping
from typing import Final

from web_service.pages.page import Page

Gettext = Callable[[str], str]

HEALTH_TONES: Final[Mapping[str, str]] = {
    "ready": "good",
    "not_ready": "bad",
    "no_response": "bad",
}
_DAY: Final = 24 * 3600


def services(gettext: Gettext) -> Mapping[str, str]:
    """Return what each service is for."""
    _ = gettext
    return {
        "gateway": _("The door: everybody comes in here"),
        "auth": _("Accounts, sign-in, signing keys"),
        "catalog": _("Products, carts, orders"),
        "mailing": _("Mailings and articles"),
        "web": _("These pages"),
    }


def health_states(gettext: Gettext) -> Mapping[str, str]:
    """Return what a service has said of itself."""
    _ = gettext
    return {
        "ready": _("Works"),
        "not_ready": _("Cannot work now"),
        "no_response": _("No answer"),
    }


def key_states(gettext: Gettext) -> Mapping[str, str]:
    """Return where a key is in its life."""
    _ = gettext
    return {
        "next": _("Signs next"),
        "current": _("Signs now"),
        "previous": _("Signed before; its tokens are still good"),
        "revoked": _("Revoked"),
    }


def days(page: Page) -> Callable[[float], str]:
    """Return what writes an age in seconds as whole days."""
    _, ngettext = page.gettext, page.ngettext

    def written(seconds: float) -> str:
        number = int(seconds) // _DAY
        if number == 0:
            return _("less than a day")
        return ngettext("%(num)s day", "%(num)s days", number) % {"num": number}

    return written
