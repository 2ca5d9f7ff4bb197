"""States and choices of mailings and their emails, in words."""

from collections.abc import Callable, Mapping
from typing import Final

Gettext = Callable[[str], str]

STATUS_TONES: Final[Mapping[str, str]] = {
    "draft": "calm",
    "awaiting_approval": "warn",
    "rejected": "bad",
    "scheduled": "info",
    "running": "info",
    "paused": "warn",
    "finished": "good",
    "finished_with_errors": "warn",
    "finished_early": "calm",
    "disabled": "bad",
    "expired": "bad",
}
STATE_TONES: Final[Mapping[str, str]] = {
    "pending": "calm",
    "claimed": "info",
    "sending": "info",
    "sent": "good",
    "failed": "bad",
    "uncertain": "warn",
    "expired": "warn",
    "suppressed": "calm",
}


def statuses(gettext: Gettext) -> Mapping[str, str]:
    """Return the statuses of a mailing."""
    _ = gettext
    return {
        "draft": _("Draft"),
        "awaiting_approval": _("Waits for approval"),
        "rejected": _("Rejected"),
        "scheduled": _("Scheduled"),
        "running": _("Being sent"),
        "paused": _("Paused"),
        "finished": _("Finished"),
        "finished_with_errors": _("Finished, not all sent"),
        "finished_early": _("Finished early"),
        "disabled": _("Disabled"),
        "expired": _("Time is over"),
    }


def status_reasons(gettext: Gettext) -> Mapping[str, str]:
    """Return why the system changed a status."""
    _ = gettext
    return {
        "owner_blocked": _("The account of its owner is blocked."),
        "owner_erased": _("The account of its owner was deleted."),
        "restored": _("The system was restored from a backup: nothing goes on by itself."),
        "message_missing": _("Its message was deleted."),
        "too_many_recipients": _("It reaches more recipients than a mailing may."),
        "message_changed": _("Its message was changed after the approval."),
        "recipients_changed": _("Other recipients were chosen after the approval."),
        "recipients_grew": _("It reaches many more people than were approved."),
        "not_approved": _("Nobody approved it in time."),
        "window_over": _("Its time was over."),
    }


def purposes(gettext: Gettext) -> Mapping[str, str]:
    """Return what a mailing may be for."""
    _ = gettext
    return {
        "informing": _("To inform"),
        "keeping": _("To keep in touch"),
        "warming": _("To warm up"),
    }


def repeats(gettext: Gettext) -> Mapping[str, str]:
    """Return how often a mailing may be sent."""
    _ = gettext
    return {
        "none": _("Once"),
        "daily": _("Every day"),
        "weekly": _("Every week"),
        "monthly": _("Every month"),
    }


def states(gettext: Gettext) -> Mapping[str, str]:
    """Return the states of an email."""
    _ = gettext
    return {
        "pending": _("Waits"),
        "claimed": _("Is next"),
        "sending": _("On its way"),
        "sent": _("Sent"),
        "failed": _("Failed"),
        "uncertain": _("Not known"),
        "expired": _("Not sent in time"),
        "suppressed": _("Not wanted"),
    }


def outcomes(gettext: Gettext) -> Mapping[str, str]:
    """Return how an attempt may end."""
    _ = gettext
    return {
        "sent": _("Sent"),
        "temporary_failure": _("Refused for now"),
        "permanent_failure": _("Refused"),
        "uncertain": _("Not known"),
    }


def suppressions(gettext: Gettext) -> Mapping[str, str]:
    """Return why somebody gets no email, for a count of people."""
    _ = gettext
    return {
        "unsubscribed": _("have unsubscribed"),
        "hard_bounce": _("have an address that does not exist"),
        "soft_bounces": _("could not be reached several times"),
        "complaint": _("have complained of spam"),
        "manual": _("are on the list of those never written to"),
    }
