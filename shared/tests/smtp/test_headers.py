"""What people write in header fields comes back as it was, and programs' fields stay readable."""

import email
import random
from collections.abc import Callable
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import parseaddr

import pytest

from shared.smtp.addresses import UnusableAddress
from shared.smtp.headers import UnsafeHeader, mailbox, structured, unstructured, with_phrase

WORDS = [
    *("Привет", "мир", "скидка", "hello", "world", "50%", "日本語", "é", "ß", "…", "я" * 90),
    *("🎉", "👩‍👩‍👧", "مرحبا", "عرض", "=?utf-8?q?x?=", "=?", "?=", "_", '"quoted"', "back\\slash"),
    *("a,b", "<x>", "(c)", "@", ":", ";", ".", "J.", "x" * 70, "e\u0301", " ", ""),
]
TIMES = [300, pytest.param(10_000, marks=pytest.mark.soak)]
PROPERTY = random.Random(2047)  # the same each time


def parsed(field: bytes) -> tuple[EmailMessage, Message]:
    """Return both readings of the standard library, the new and the old."""
    assert all(len(line) <= 78 for line in field.split(b"\r\n"))
    return (
        email.message_from_bytes(field + b"\r\n", policy=policy.default),
        email.message_from_bytes(field + b"\r\n"),
    )


def some_text(*, separator: str = " ") -> str:
    return separator.join(PROPERTY.choice(WORDS) for _ in range(PROPERTY.randint(1, 25)))


def name_in(field: bytes) -> str | None:
    """Return the display name as RFC 2047 says it is read.

    The standard library's new reader puts a space between two encoded words of a name, which
    6.2 forbids; where there is one, it agrees.
    """
    new, old = parsed(field)
    name, address = parseaddr(old["From"])
    assert address == "anna@example.com"
    if field.count(b"=?utf-8?b?") < 2:
        assert new["From"].addresses[0].display_name == str(make_header(decode_header(name)))
    return str(make_header(decode_header(name))) if "=?utf-8?b?" in name else name


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("separator", [" ", "", "  "])
def test_subjects_come_back(separator: str, times: int) -> None:
    for _ in range(times):
        subject = some_text(separator=separator)
        new, old = parsed(unstructured("Subject", subject))

        assert str(new["Subject"]) == subject
        assert str(make_header(decode_header(old["Subject"].replace("\r\n", "")))) == subject


@pytest.mark.parametrize("times", TIMES)
def test_names_come_back(times: int) -> None:
    for _ in range(times):
        name = " ".join(some_text()[:300].split())
        assert name_in(mailbox("From", "anna@example.com", display_name=name)) == name


@pytest.mark.parametrize("letter", ["x", "я", "🎉", "م", "日", "x ", "я "])
def test_three_hundred_characters_come_back(letter: str) -> None:
    text = (letter * 300)[:300].strip()

    assert str(parsed(unstructured("Subject", text))[0]["Subject"]) == text
    assert name_in(mailbox("From", "anna@example.com", display_name=text)) == text


def test_plain_english_stays_readable() -> None:
    assert unstructured("Subject", "Your order") == b"Subject: Your order\r\n"
    field = unstructured("Subject", " ".join(["words"] * 40))
    assert field.count(b"\r\n") > 1
    assert b"=?" not in field
    assert mailbox("To", "a@b.test", display_name="Anna P") == b"To: Anna P <a@b.test>\r\n"
    assert mailbox("To", "a@b.test", display_name="P, A") == b'To: "P, A" <a@b.test>\r\n'
    assert mailbox("To", "a@b.test") == b"To: a@b.test\r\n"


def test_no_encoded_word_is_longer_than_75_characters_or_splits_a_character() -> None:
    for text in ("я" * 200, "🎉" * 100, "a" + "🎉" * 100, "ая" + "日" * 100):
        field = unstructured("Subject", text)
        for word in field.split()[1:]:
            assert len(word) <= 75
            assert decode_header(word.decode())[0][0].decode("utf-8")


@pytest.mark.parametrize(
    "bad", ["a\r\nBcc: x@y.z", "a\nb", "a\rb", "a\x00b", "a\tb", "\x7f", "\x85", "\u2028", "\ud800"]
)
def test_no_control_character_gets_into_a_field(bad: str) -> None:
    makers: list[Callable[[], bytes]] = [
        lambda: unstructured("Subject", bad),
        lambda: mailbox("From", "a@b.test", display_name=bad),
        lambda: with_phrase("List-Id", "x", bad),
        lambda: structured("List-Id", bad),
        lambda: structured(bad, "x"),
    ]
    for make in makers:
        with pytest.raises(UnsafeHeader) as refusal:
            make()
        assert "Bcc" not in str(refusal.value)


def test_the_unsubscribe_field_is_one_line_and_never_encoded() -> None:
    url = f"<https://shop.example/api/v1/unsubscribe/{'t' * 200}>"

    assert structured("List-Unsubscribe", url) == f"List-Unsubscribe: {url}\r\n".encode()
    with pytest.raises(UnsafeHeader):
        structured("List-Unsubscribe", "<https://почта.рф/x>")
    with pytest.raises(UnsafeHeader):
        structured("List-Unsubscribe", "x" * 1000)


def test_a_foreign_domain_is_written_in_ascii() -> None:
    assert mailbox("To", "anna@почта.рф") == b"To: anna@xn--80a1acny.xn--p1ai\r\n"


@pytest.mark.parametrize(
    "address",
    [
        *("jörg@example.com", "анна@example.com", "", "a", "@b.c", "a@", "a@b@c", "a b@c.de"),
        *("a@b c", "a@b\r\nc", "<a@b.c>", '"a b"@c.de', "a@-b.de", "a@b..de", "a@[127.0.0.1]"),
        *("x" * 65 + "@b.de", "a@" + "b" * 64 + ".de", "a@" + "b." * 130 + "de", "a..b@c.de"),
    ],
)
def test_an_address_that_no_server_takes_is_refused(address: str) -> None:
    with pytest.raises((UnusableAddress, UnsafeHeader)):
        mailbox("To", address)
