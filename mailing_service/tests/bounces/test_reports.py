"""What is read in emails as mail servers write them."""

from pathlib import Path

import pytest

from mailing_service.bounces.reports import read_report
from mailing_service.models.bounces import BounceKind

EMAILS = Path(__file__).parent / "emails"
PATH = "bounce+17.0123456789abcdef@localhost"
HARD, SOFT = BounceKind.HARD, BounceKind.SOFT
KINDS = {
    "postfix_unknown_user": HARD,
    "postfix_full_mailbox": SOFT,
    "postfix_full_mailbox_gave_up": SOFT,
    "postfix_delayed": None,
    "postfix_relayed": None,
    "exim_unknown_user": HARD,
    "exim_without_code": HARD,
    "exim_spam": SOFT,
    "exim_text_only": HARD,
    "exchange_unknown_user": HARD,
    "gmail_unknown_user": HARD,
    "qmail_unknown_user": HARD,
    "qmail_full_mailbox": SOFT,
    "vacation": None,
    "reply": None,
}


def email(name: str, path: str = PATH) -> bytes:
    """Return an email of the corpus that came to this return path."""
    return (EMAILS / f"{name}.eml").read_bytes().replace(b"RETURN_PATH", path.encode())


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_each_mail_server_is_understood(name: str, kind: BounceKind | None) -> None:
    report = read_report(email(name))
    assert report.kind == kind
    assert set(report.return_paths) == {PATH}


def test_the_corpus_is_tested_as_a_whole() -> None:
    assert {file.stem for file in EMAILS.glob("*.eml")} == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_lines_may_end_as_on_the_wire(name: str) -> None:
    assert read_report(email(name).replace(b"\n", b"\r\n")).kind == KINDS[name]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5.0.0", HARD),
        ("5.1.0", HARD),
        ("5.1.2", HARD),
        ("5.1.7", SOFT),
        ("5.1.8", SOFT),
        ("5.2.0", HARD),
        ("5.2.1", HARD),
        ("5.2.3", SOFT),
        ("5.3.4", SOFT),
        ("5.4.1", HARD),
        ("5.4.4", HARD),
        ("5.4.7", SOFT),
        ("5.5.0", HARD),
        ("5.6.1", SOFT),
        ("5.7.26", SOFT),
        ("4.4.7", SOFT),
    ],
)
def test_only_what_is_wrong_with_an_address_is_hard(status: str, kind: BounceKind) -> None:
    content = email("postfix_unknown_user").replace(b"5.1.1", status.encode())
    assert read_report(content).kind == kind


def test_a_return_path_counts_only_where_the_email_was_sent_to() -> None:
    content = email("postfix_unknown_user", "mailings@localhost") + PATH.encode()
    assert read_report(content).return_paths == ()
