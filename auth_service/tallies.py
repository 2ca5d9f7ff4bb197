"""What the auth service does for people, in numbers."""

from typing import Final

from shared.telemetry.tally import Tally

REGISTRATIONS: Final = Tally("vitrina_registrations", "Accounts that people made for themselves.")
SIGN_INS: Final = Tally(
    "vitrina_sign_ins", "Sign-ins with a password by outcome.", "succeeded", "refused"
)
EMAILS: Final = Tally(
    "vitrina_emails",
    "Emails by what became of them; postponed ones are tried again.",
    *("sent", "postponed", "failed"),
)
