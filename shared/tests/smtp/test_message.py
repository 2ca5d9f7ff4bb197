"""Emails built once and filled per recipient, as their readers read them."""

import email
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.smtp.fields import Mailbox, MailingFields, service_fields
from shared.smtp.headers import UnsafeHeader
from shared.smtp.message import Content, EmailTemplate, Recipient, Slot, new_marker

NAME, LINK, MISSING = new_marker(), new_marker(), new_marker()
SLOTS = {
    NAME: Slot("full_name"),
    LINK: Slot("email", is_query=True),
    MISSING: Slot("city", default="<there>"),
}
CONTENT = Content(
    subject=f"Привет, {NAME}!",
    text=f"Hello {NAME} in {MISSING},\nhttps://shop.example/?e={LINK}\n.\n..dots\nend",
    html=f'<p>Hello {NAME} in {MISSING}</p><a href="https://shop.example/?e={LINK}">x</a>\n',
    slots=SLOTS,
)
FIELDS = MailingFields(
    sender=Mailbox("shop@shop.example", "Витрина"),
    reply_to=Mailbox("owner@example.com"),
    list_id="mailings.shop.example",
    feedback_id="1:2:mailing:shop",
    language="ru",
)


def recipient(**values: str) -> Recipient:
    return Recipient(
        address="anna@example.com",
        message_id="delivery.1@shop.example",
        date=datetime(2026, 11, 30, tzinfo=UTC),
        full_name="Анна",
        unsubscribe_url="https://shop.example/api/v1/unsubscribe/" + "t" * 43,
        values=values,
    )


def read(raw: bytes) -> EmailMessage:
    assert raw.isascii()
    assert not raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r")
    head, _, body = raw.partition(b"\r\n\r\n")
    assert all(len(line) <= 78 for line in head.split(b"\r\n") if not line.startswith(b"List-"))
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
    return email.message_from_bytes(raw, policy=policy.default)


def parts(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert isinstance(plain, EmailMessage)
    assert isinstance(html, EmailMessage)
    texts = (part.get_content().replace("\r\n", "\n") for part in (plain, html))
    return next(texts), next(texts)


def test_each_recipient_gets_an_own_email() -> None:
    template = EmailTemplate(CONTENT, FIELDS)
    for name in ("Анна", "Иван", ""):
        message = read(template.fill(recipient(full_name=name, email="a+b@c.de")))
        plain, html = parts(message)

        assert message["Subject"] == f"Привет, {name}!"
        assert plain == (
            f"Hello {name} in <there>,\nhttps://shop.example/?e=a%2Bb%40c.de\n.\n..dots\nend"
        )
        assert f"<p>Hello {name} in &lt;there&gt;</p>" in html
        assert "?e=a%2Bb%40c.de" in html


def test_it_has_the_fields_of_a_mailing() -> None:
    raw = EmailTemplate(CONTENT, FIELDS).fill(recipient())
    message = read(raw)

    assert str(message["From"]) == "Витрина <shop@shop.example>"
    assert message["To"] == "Анна <anna@example.com>"
    assert message["Reply-To"] == "owner@example.com"
    assert message["Message-ID"] == "<delivery.1@shop.example>"
    assert message["Date"].datetime == datetime(2026, 11, 30, tzinfo=UTC)
    assert message["List-Id"] == "<mailings.shop.example>"
    assert message["Precedence"] == "bulk"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Feedback-ID"] == "1:2:mailing:shop"
    assert b"\r\nList-Unsubscribe: <https://shop.example/api/v1/unsubscribe/" in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert message.get_content_type() == "multipart/alternative"


def test_a_service_email_says_that_it_is_automatic() -> None:
    fields = service_fields(Mailbox("shop@shop.example"), language="en")
    message = read(
        EmailTemplate(Content("Hi", "text", "<p>html</p>"), fields).fill(
            Recipient("anna@почта.рф", "1@shop.example", datetime(2026, 11, 30, tzinfo=UTC))
        )
    )

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert message["To"] == "anna@xn--80a1acny.xn--p1ai"
    assert message["List-Unsubscribe"] is None
    assert message["Precedence"] is None


@pytest.mark.parametrize(
    "value",
    ["<script>", '"><img>', "{{email}}", NAME, LINK, "=3D=\r\n", ".", "--", "=?x?="],
    ids=map(str, range(9)),  # markers are random
)
def test_a_value_is_nothing_but_itself(value: str) -> None:
    plain, html = parts(read(EmailTemplate(CONTENT, FIELDS).fill(recipient(city=value))))

    shown = value.replace("\r\n", "\n")
    assert f"in {shown}," in plain
    assert "<script" not in html
    assert "<img" not in html


@pytest.mark.parametrize("bad", ["x\r\nBcc: all@evil.test", "x\ny", "\x00", "x\x85"])
def test_a_value_cannot_write_header_fields(bad: str) -> None:
    with pytest.raises(UnsafeHeader):
        EmailTemplate(CONTENT, FIELDS).fill(recipient(full_name=bad))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=120)),
    st.text(st.sampled_from(list("ab .=-\n\r\t–я🎉")), max_size=400),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=90),
)
def test_any_text_arrives(lines: list[str], more: str, value: str) -> None:
    text = f"{chr(10).join(lines)}{NAME}{more}\n{NAME}{'x' * 1200}\n"
    template = EmailTemplate(Content("s", text, text, {NAME: Slot("full_name")}), FIELDS)
    plain, _ = parts(read(template.fill(recipient(full_name=value))))

    arrived = text.replace(NAME, value).replace("\r\n", "\n").replace("\r", "\n")
    assert plain.splitlines() == arrived.splitlines()


@pytest.mark.parametrize("last", ["x", "=", "\xa0", "🎉"])
@pytest.mark.parametrize("length", range(68, 78))
def test_a_value_of_a_whole_line_leaves_room_for_the_break_behind_it(
    last: str, length: int
) -> None:
    value = "x" * length + last
    plain, _ = parts(read(EmailTemplate(CONTENT, FIELDS).fill(recipient(city=value))))
    assert f"in {value}," in plain


@pytest.mark.parametrize("text", ["", " ", "@", "a@", "@b", "a@b@c", "A <>", "A <a@b>\r\nx: y"])
def test_what_is_no_mailbox_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no mail server"):
        Mailbox.parse(text)
