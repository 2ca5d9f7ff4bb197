"""The first steps, each with whether it is done, and what to do where it is not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from shared import clock
from web_service.first_steps.facts import Facts
from web_service.pages.page import Page
from web_service.settings import WebSettings

OLD: Final = timedelta(days=7)
"""A backup that is older protects little."""
_MANY: Final = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One of them; `done` is None where the service that knows is away.

    `lines` are those of .env to write, `command` is to be given on the server, `link` leads to the
    page where it is done.
    """

    title: str
    done: bool | None
    text: str
    lines: tuple[str, ...] = ()
    command: str = ""
    link: tuple[str, str] | None = field(default=None)


def steps_of(page: Page, facts: Facts) -> list[Step]:
    """Return them in their order."""
    return [
        _password(page, facts),
        _name(page),
        _address(page, facts),
        _mail_server(page, facts),
        _email(page, facts),
        _products(page, facts),
        _administrators(page, facts),
        _backup(page, facts),
    ]


def _password(page: Page, facts: Facts) -> Step:
    _ = page.gettext
    return Step(
        _("Change the first password"),
        _known(facts.setup, lambda said: said["first_password_changed"]),
        _("A password that somebody else has chosen opens nothing but its own change."),
        link=("/users/password-change/", _("Change the password")),
    )


def _name(page: Page) -> Step:
    _ = page.gettext
    default = WebSettings.model_fields["shop_name"].default
    return Step(
        _("Name the shop"),
        page.settings.shop_name != default,
        _("The name stands on every page. Colour, logo and terms are settings, too."),
        lines=("WEB_SHOP_NAME=…",),
    )


def _address(page: Page, facts: Facts) -> Step:
    _ = page.gettext
    return Step(
        _("Public address and TLS"),
        _known(facts.setup, lambda said: said["public_url"].startswith("https://")),
        _("Links in emails begin with it, and browsers keep cookies for https alone."),
        lines=("PUBLIC_URL=https://shop.example.com",),
    )


def _mail_server(page: Page, facts: Facts) -> Step:
    _ = page.gettext
    done = _known(
        facts.setup, lambda said: said["mail_server_configured"] and not said["emails_are_caught"]
    )
    mailing = _known(facts.sending, lambda said: bool(said["servers"]))
    return Step(
        _("Name the mail server"),
        False if False in {done, mailing} else None if None in {done, mailing} else True,
        _("One for emails of accounts, one for mailings; it may be the same."),
        lines=(
            "AUTH_SMTP_HOST=smtp.example.com",
            "AUTH_SMTP_FROM=Shop <shop@example.com>",
            "MAILING_SMTP_HOST=smtp.example.com",
            "MAILING_FROM=Shop <shop@example.com>",
        ),
    )


def _email(page: Page, facts: Facts) -> Step:
    _ = page.gettext
    done = {
        _known(facts.setup, lambda said: said["last_email_sent_at"] is not None),
        _known(facts.sending, lambda said: bool(said.get("has_sent_emails"))),
    }
    return Step(
        _("Send a test email"),
        True if True in done else None if None in done else False,
        _("Ask for a link to sign in, or send yourself a test email, and look whether it arrives."),
        link=("/admin/mail-server/", _("Mail server")),
    )


def _products(page: Page, facts: Facts) -> Step:
    _ = page.gettext
    return Step(
        _("Add the first products"),
        None if facts.products is None else facts.products > 0,
        _("One by one, or many from a file."),
        link=("/products/manage/", _("Products")),
    )


def _administrators(page: Page, facts: Facts) -> Step:
    _ = page.gettext
    return Step(
        _("Appoint a second administrator"),
        _known(facts.setup, lambda said: said["administrators"] >= _MANY),
        _("If one loses the password and the email, the other can help."),
        link=("/admin/users/", _("Users")),
    )


def _backup(page: Page, facts: Facts) -> Step:
    _ = page.gettext
    at = facts.setup["last_backup_at"] if facts.setup else None
    text = _("The last one: %(when)s.") % {"when": page.moment(at)} if at else _("There is none.")
    return Step(
        _("Make backups"),
        _known(facts.setup, lambda said: _is_young(said["last_backup_at"])),
        text,
        command="make backup",
    )


def _is_young(at: str | None) -> bool:
    return at is not None and clock.now() - datetime.fromisoformat(at) < OLD


def _known(said: dict[str, Any] | None, is_done: Callable[[dict[str, Any]], bool]) -> bool | None:
    return None if said is None else is_done(said)
