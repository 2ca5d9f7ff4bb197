"""Every email, in every language, whatever people call themselves."""

import email
import re
from email import policy
from email.message import EmailMessage
from html import unescape

import pytest

from auth_service.mail.message import build_message
from auth_service.mail.outbox import Content, Kind
from auth_service.mail.rendering import RenderedEmail, render
from auth_service.mail.settings import MailSettings
from auth_service.models import OutboxEmail
from shared.language.translation import LANGUAGES, translate
from shared.smtp.addresses import UnusableAddress
from shared.smtp.fields import Mailbox

VALUES = {
    "full_name": "Анна Петрова",
    "code": "042137",
    "link": "http://shop.test/confirm?token=a_-Z",
    "address": "203.0.113.7",
    "device": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    "reason": "Спам",
}
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def email_of(name: str, language: str = "en") -> RenderedEmail:
    return render(
        Kind.VERIFY,
        Content("anna@example.com", language, {**VALUES, "full_name": name}),
        shop_name="Vitrina",
    )


def sent(content: Content, *, sender: str = "Vitrina <a@b.test>") -> EmailMessage:
    """Return the message as it arrives."""
    rendered = OutboxEmail(id=7, kind=Kind.VERIFY.value)
    message = build_message(
        rendered, content, sender=Mailbox.parse(sender), public_url="http://shop.test:8000"
    )
    return email.message_from_bytes(message.content, policy=policy.default)


def parts(message: EmailMessage) -> tuple[str, str]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_every_email_is_complete_in_every_language(kind: Kind, language: str) -> None:
    rendered = render(kind, Content("anna@example.com", language, VALUES), shop_name="Vitrina")

    for words in (rendered.subject, rendered.text, rendered.html):
        assert "$" not in words
    assert "Анна Петрова" in rendered.text
    assert "Анна Петрова" in rendered.html
    without_name = rendered.text.replace(VALUES["full_name"], "").replace(VALUES["reason"], "")
    assert bool(CYRILLIC.search(rendered.subject + without_name)) is (language == "ru")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_an_email_without_values_has_no_gaps(kind: Kind, language: str) -> None:
    rendered = render(kind, Content("anna@example.com", language, {}), shop_name="Vitrina")

    assert "$" not in rendered.text + rendered.html
    assert ": \n" not in rendered.text
    assert translate("Hello,", language) in rendered.text


@pytest.mark.parametrize("kind", [Kind.VERIFY, Kind.CONFIRM_EMAIL])
def test_code_and_link_are_in_both_parts(kind: Kind) -> None:
    message = sent(Content("anna@example.com", "ru", VALUES))

    for part in parts(message):
        assert "042137" in part
        assert VALUES["link"] in part
    assert f'href="{VALUES["link"]}"' in parts(message)[1]


def test_a_language_that_we_do_not_speak_is_english() -> None:
    assert email_of("Anna", "de").subject == "Confirm your email"


@pytest.mark.parametrize(
    "name",
    [
        "👩‍👩‍👧 Семья",
        "שרה כהן",
        "مريم",
        "Ünïcödé",
        "O'Brien; DROP TABLE users",
        "$full_name ${code}",
    ],
)
def test_names_of_any_script_arrive_exactly(name: str) -> None:
    text, html = parts(sent(Content("anna@example.com", "en", {**VALUES, "full_name": name})))

    assert name in text
    assert name in unescape(html)


def test_a_name_cannot_turn_the_text_around_it() -> None:
    rendered = email_of("evil \u202e name \u2066 x")

    assert "\u202e" not in rendered.text + rendered.html
    assert "\u2066" not in rendered.text + rendered.html
    assert "\u2068" in rendered.text
    assert "<bdi>" in rendered.html


@pytest.mark.parametrize("bad", ["<script>alert(1)</script>", '"><img src=x onerror=y>', "a & b"])
@pytest.mark.parametrize("field", ["full_name", "device", "reason", "address"])
def test_nothing_becomes_markup(field: str, bad: str) -> None:
    for kind in Kind:
        rendered = render(
            kind, Content("anna@example.com", "en", {**VALUES, field: bad}), shop_name="Vitrina"
        )

        assert bad not in rendered.html
        assert "<script" not in rendered.html
        assert "<img" not in rendered.html


@pytest.mark.parametrize(
    "name",
    [
        "Win at http://evil.test",
        "www.evil.example",
        "evil.example/now",
        "me@evil.test",
        "evil\u3002com",  # ideographic full stop
        "evil\uff0ecom",  # full-width
        "evil\uff61com",  # half-width ideographic
        "evil\u2024com",  # one dot leader
        "evil\ufe52com",  # small full stop
        "evil.\uff43\uff4f\uff4d",  # full-width letters
        "evil.\u24d2\u24de\u24dc",  # circled letters
        "evil.\u200dcom",
        "evil.\u3164com",
        "evil\u3002\u0440\u0444",
        "\uff57\uff57\uff57.evil",
        "me\uff20evil",
        "http\uff1a\uff0f\uff0fevil",
    ],
)
def test_a_stranger_cannot_have_us_send_their_link(name: str) -> None:
    for kind in Kind:
        values = {**VALUES, "full_name": name, "device": name}
        rendered = render(kind, Content("anna@example.com", "en", values), shop_name="Vitrina")

        assert "evil" not in rendered.text + rendered.html


@pytest.mark.parametrize(
    "bad", ["x\r\nBcc: all@evil.test", "x\nSubject: y", "x\x85y\u2028z", "x\x00y", "x" * 10_000]
)
def test_nobody_writes_header_fields(bad: str) -> None:
    message = sent(Content("anna@example.com", "en", dict.fromkeys(VALUES, bad)))

    assert message["Bcc"] is None
    assert message["Subject"] == "Confirm your email"
    assert [str(to) for to in message.get_all("To", [])] == ["anna@example.com"]
    assert "x" * 200 not in email_of(bad).text


@pytest.mark.parametrize("recipient", ["a@b.test\r\nBcc: all@evil.test", "a@b.test\n\nbody"])
def test_an_address_with_line_ends_is_never_sent(recipient: str) -> None:
    with pytest.raises(UnusableAddress):
        sent(Content(recipient, "en", VALUES))


def test_a_message_says_what_it_is() -> None:
    rendered = OutboxEmail(id=7, kind=Kind.VERIFY.value)
    content = Content("anna@example.com", "ru", VALUES)
    first, again = (
        build_message(
            rendered,
            content,
            sender=Mailbox("a@b.test", "Витрина"),
            public_url="http://shop.test:1",
        )
        for _ in range(2)
    )

    assert first.content.isascii(), "any mail server takes it"
    message = sent(content, sender="Витрина <a@b.test>")
    assert str(message["From"]) == "Витрина <a@b.test>"
    assert message["Subject"] == "Подтвердите почту"
    assert message["Auto-Submitted"] == "auto-generated"
    assert first.content.partition(b"MIME")[0] == again.content.partition(b"MIME")[0]
    assert re.fullmatch(r"<letter\.7\.\d+@shop\.test>", str(message["Message-ID"]))
    assert message.get_content_type() == "multipart/alternative"


NO_SENDERS = ["", " ", "nobody", "@", "a@", "@b", "a@b@c", "A <>", "A <a@b@c>", "A <a b@c>"]


@pytest.mark.parametrize("sender", [*NO_SENDERS, "A <a@b.test>\r\nBcc: x@y.z"])
def test_a_sender_that_is_none_is_refused(sender: str) -> None:
    with pytest.raises(ValueError, match="must look like"):
        MailSettings.model_validate({"smtp_from": sender})


@pytest.mark.parametrize(
    ("host", "tls", "is_taken"),
    [
        ("mail.example.com", "none", False),
        ("mail.example.com", "starttls", True),
        ("mail.example.com", "tls", True),
        ("127.0.0.1", "none", True),
    ],
)
def test_a_password_does_not_cross_the_network_in_the_clear(
    host: str, tls: str, is_taken: bool
) -> None:
    values = {"smtp_host": host, "smtp_tls": tls, "smtp_username": "u", "smtp_password": "p"}
    if is_taken:
        MailSettings.model_validate(values)
    else:
        with pytest.raises(ValueError, match="in the clear"):
            MailSettings.model_validate(values)
