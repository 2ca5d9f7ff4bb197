"""The mail catcher keeps every email, shows it harmlessly, and answers only this machine."""

import json
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import httpx2
import pytest

from standalone.ports import free_port, is_free
from standalone.tests.conftest import ROOT

pytestmark = pytest.mark.timing


@dataclass(frozen=True)
class MailCatcher:
    smtp_port: int
    web: str

    def send(self, message: EmailMessage | bytes) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=5) as smtp:
            raw = message if isinstance(message, bytes) else bytes(message)
            smtp.sendmail("shop@example.com", ["anna@example.com"], raw)

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return httpx2.get(f"{self.web}{path}", headers=headers)

    def last_email(self) -> dict[str, Any]:
        emails: list[dict[str, Any]] = json.loads(self.get("/letters.json").content)
        return emails[0]


@pytest.fixture(scope="module")
def catcher() -> Iterator[MailCatcher]:
    smtp_port, web_port = free_port(), free_port()
    environment = {"MAIL_SMTP_PORT": str(smtp_port), "MAIL_WEB_PORT": str(web_port)}
    command = [sys.executable, "-W", "error", "-m", "standalone.mail_catcher"]
    with subprocess.Popen(command, env=environment, cwd=ROOT) as process:
        deadline = time.monotonic() + 10
        while is_free(web_port):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield MailCatcher(smtp_port, f"http://127.0.0.1:{web_port}")
        process.terminate()


def test_an_email_can_be_read_afterwards(catcher: MailCatcher) -> None:
    catcher.send(_email("Код подтверждения", "Ваш код: 123456"))
    email = catcher.last_email()
    assert email["subject"] == "Код подтверждения"
    assert email["text"].strip() == "Ваш код: 123456"
    assert email["recipients"] == ["anna@example.com"]
    assert "Ваш код: 123456" in catcher.get("/").text


def test_nothing_in_an_email_becomes_part_of_the_page(catcher: MailCatcher) -> None:
    catcher.send(_email("<script>alert(1)</script>", "<img src=x onerror=alert(1)>"))
    page = catcher.get("/")
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "&lt;script&gt;" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "script-src" not in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no header at all",
        b"Subject: x\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe",
        b"Subject: x\r\nContent-Type: multipart/mixed\r\n\r\nbroken",
    ],
)
def test_a_broken_email_is_kept_too(catcher: MailCatcher, raw: bytes) -> None:
    catcher.send(raw)
    assert catcher.last_email()["sender"] == "shop@example.com"
    assert catcher.get("/").status_code == 200


def test_it_speaks_as_maildev_does(catcher: MailCatcher) -> None:
    email = _email("Subject", "plain words")
    email.add_alternative("<p>words</p>", subtype="html")
    catcher.send(email)

    told = catcher.get("/email")

    assert told.headers["content-type"] == "application/json"
    newest = told.json()[-1]
    assert newest["time"].endswith("+00:00")
    assert newest["from"] == [{"address": "shop@example.com", "name": ""}]
    assert newest["to"] == newest["envelope"]["to"]
    assert newest["to"] == [{"address": "anna@example.com", "name": ""}]
    assert (newest["subject"], newest["text"].strip()) == ("Subject", "plain words")
    assert newest["html"].strip() == "<p>words</p>"
    ids = [caught["id"] for caught in told.json()]
    assert len(set(ids)) == len(ids)


def test_a_page_of_another_name_cannot_read_emails(catcher: MailCatcher) -> None:
    assert catcher.get("/letters.json", Host="evil.example").status_code == 421


def test_emails_can_only_be_read(catcher: MailCatcher) -> None:
    assert httpx2.post(f"{catcher.web}/").status_code == 405
    assert catcher.get("/elsewhere").status_code == 404
    assert httpx2.head(f"{catcher.web}/").content == b""


@pytest.mark.parametrize("address", ["nobody@example.com", "Nobody@example.com"])
def test_nobody_is_refused_as_an_address_that_does_not_exist(
    catcher: MailCatcher, address: str
) -> None:
    with (
        smtplib.SMTP("127.0.0.1", catcher.smtp_port, timeout=5) as smtp,
        pytest.raises(smtplib.SMTPRecipientsRefused) as refused,
    ):
        smtp.sendmail("shop@example.com", [address], b"Subject: x\r\n\r\nx")
    assert refused.value.recipients == {address: (550, b"5.1.1 There is nobody of this name")}


def test_an_email_that_is_too_large_is_refused(catcher: MailCatcher) -> None:
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        catcher.send(_email("large", "x" * 1_100_000))
    assert refused.value.smtp_code == 552


def _email(subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "shop@example.com", "anna@x.test"
    message.set_content(text)
    return message
