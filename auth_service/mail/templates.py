"""The words of every letter, in English; the catalogues have them in other languages.

`$name` stands for a value of the letter. A paragraph that names a value which the letter has not,
or has empty, is left out; so a letter never shows a gap.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from auth_service.mail.outbox import Kind
from shared.translation import Sentence


@dataclass(frozen=True, slots=True)
class Template:
    """A subject, which no value gets into, and paragraphs; code and link stand alone in theirs."""

    subject: str
    paragraphs: tuple[str, ...]


GREETING = Sentence("Hello $full_name,")
GREETING_WITHOUT_NAME = Sentence("Hello,")
FAREWELL = Sentence("Vitrina. This letter was sent automatically.")

_NOT_YOU = Sentence("If it was not you, reset your password at once: that ends all your sessions.")

TEMPLATES: Mapping[Kind, Template] = {
    Kind.VERIFY: Template(
        Sentence("Confirm your email"),
        (
            Sentence("This is your code; it is good for 10 minutes:"),
            "$code",
            Sentence("Or follow this link within 24 hours:"),
            "$link",
            Sentence(
                "If you have not registered with us, do nothing: without confirmation the "
                "account will be removed."
            ),
        ),
    ),
    Kind.WELCOME: Template(
        Sentence("Welcome"),
        (Sentence("Your email is confirmed. Thank you for being with us!"),),
    ),
    Kind.RESET: Template(
        Sentence("Reset your password"),
        (
            Sentence("Follow this link within an hour to set a new password:"),
            "$link",
            Sentence("If you did not ask for it, do nothing: your password stays as it is."),
        ),
    ),
    Kind.SIGN_IN_LINK: Template(
        Sentence("Sign in at a new device"),
        (
            Sentence(
                "You cannot sign in at a new device while others guess at your password. Follow "
                "this link within 10 minutes to do so all the same; it is good for one use:"
            ),
            "$link",
            Sentence(
                "You will be asked for your password as always. The link was asked for from the "
                "address $address."
            ),
            Sentence("If it was not you, do nothing: without your password nobody gets in."),
        ),
    ),
    Kind.PASSWORD_CHANGED: Template(
        Sentence("Your password was changed"),
        (
            Sentence("The password of your account was changed, and other sessions have ended."),
            Sentence("It was done from the address $address."),
            _NOT_YOU,
        ),
    ),
    Kind.CONFIRM_EMAIL: Template(
        Sentence("Confirm your new email"),
        (
            Sentence(
                "This address was given as the new email of an account. To confirm it, "
                "enter this code within 10 minutes:"
            ),
            "$code",
            Sentence("Or follow this link within 24 hours:"),
            "$link",
            Sentence("If it was not you, do nothing: nothing will change."),
        ),
    ),
    Kind.EMAIL_CHANGED: Template(
        Sentence("Your email was changed"),
        (
            Sentence("Your account has another email now; this address no longer belongs to it."),
            Sentence("It was confirmed from the address $address."),
            Sentence("If it was not you, tell us at once."),
        ),
    ),
    Kind.PHONE_CHANGED: Template(
        Sentence("Your phone was changed"),
        (
            Sentence("The phone of your account was changed."),
            Sentence("It was done from the address $address."),
            _NOT_YOU,
        ),
    ),
    Kind.REFRESH_REUSE: Template(
        Sentence("A session was ended for your safety"),
        (
            Sentence(
                "Someone used an old key of one of your sessions. That happens when the "
                "key was copied, so we have ended the session. Please sign in again."
            ),
            Sentence("The session was started on: $device"),
            Sentence("The old key came from the address $address."),
            Sentence("If you do not know it, reset your password: that ends all your sessions."),
        ),
    ),
    Kind.BLOCKED: Template(
        Sentence("Your account was blocked"),
        (
            Sentence("Your account was blocked, and all its sessions have ended."),
            Sentence("The reason: $reason"),
            Sentence("If you think that this is a mistake, please write to us."),
        ),
    ),
}
