"""The way to the mail server: protected as the settings say, or not taken at all."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import httpx2
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fastapi import FastAPI

from auth_service.mail.smtp import MailServer, NotSent, Refused, Tls
from auth_service.mail.worker import sending
from auth_service.models import Letter
from auth_service.tests.conftest import auth_settings, register
from auth_service.tests.scripted_smtp import ScriptedSmtp

pytestmark = pytest.mark.timing

PASSWORD = "correct horse"


@dataclass
class Inbox:
    """What the server was given."""

    letters: list[bytes] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.letters.append(envelope.content)
        return "250 OK"

    def sign_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a certificate for 127.0.0.1 and its key, that nobody trusts by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return file


@asynccontextmanager
async def mail_server(certificate: Path, inbox: Inbox, tls: Tls) -> AsyncIterator[int]:
    """Run a server that asks for a login; return its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(
            inbox,
            hostname="mail.test",
            loop=loop,
            authenticator=inbox.sign_in,
            auth_required=tls is Tls.STARTTLS,
            auth_require_tls=tls is Tls.STARTTLS,
            tls_context=context if tls is Tls.STARTTLS else None,
        )

    server = await loop.create_server(
        session, "127.0.0.1", 0, ssl=context if tls is Tls.TLS else None
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


def message() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.test", "anna@example.com", "Hello"
    message.set_content("Привет", cte="base64")
    return message


def way_to(port: int, tls: Tls, password: str = PASSWORD) -> MailServer:
    return MailServer("127.0.0.1", port, tls, timedelta(seconds=5), "shop", password)


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
async def test_a_letter_goes_the_protected_way(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, tls: Tls
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    inbox = Inbox()
    async with mail_server(certificate, inbox, tls) as port:
        await way_to(port, tls).send(message())

    assert len(inbox.letters) == 1
    assert inbox.logins == [b"shop"]


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
async def test_a_server_that_cannot_prove_its_name_gets_neither_letter_nor_password(
    certificate: Path, tls: Tls
) -> None:
    inbox = Inbox()
    async with mail_server(certificate, inbox, tls) as port:
        with pytest.raises(NotSent):
            await way_to(port, tls).send(message())

    assert (inbox.letters, inbox.logins) == ([], [])


async def test_without_starttls_on_the_other_side_nothing_is_sent() -> None:
    """Else whoever sits in between would only have to leave the word out."""
    server = ScriptedSmtp(script=[{"EHLO": "250-mail.test\r\n250 AUTH PLAIN LOGIN"}])
    async with server.running():
        with pytest.raises(NotSent) as failure:
            await way_to(server.port, Tls.STARTTLS).send(message())

    assert not isinstance(failure.value, Refused)
    assert not server.taken
    assert not server.recipients


async def test_a_wrong_password_is_the_operators_mistake_and_not_the_letters(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    inbox = Inbox()
    async with mail_server(certificate, inbox, Tls.TLS) as port:
        with pytest.raises(NotSent) as failure:
            await way_to(port, Tls.TLS, "wrong battery").send(message())

    assert not isinstance(failure.value, Refused)
    assert failure.value.cause == "SMTPAuthenticationError 535"
    assert not inbox.letters


def test_the_password_does_not_show() -> None:
    assert PASSWORD not in repr(way_to(1, Tls.TLS))


async def test_the_service_sends_what_its_outbox_holds(
    app: FastAPI, client: httpx2.AsyncClient
) -> None:
    server = ScriptedSmtp()
    async with server.running():
        settings = auth_settings(
            "postgres://unused@127.0.0.1/x", smtp_host="127.0.0.1", smtp_port=server.port
        )
        async with sending(settings, app.state.outbox), asyncio.timeout(60):
            await register(client)
            while not await Letter.exclude(sent_at=None).exists():
                await asyncio.sleep(0.01)

    (letter,) = server.messages
    assert letter["Subject"] == "Confirm your email"
    assert letter["From"] == "Vitrina <vitrina@localhost>"
    assert (await Letter.get()).sealed_content is None
