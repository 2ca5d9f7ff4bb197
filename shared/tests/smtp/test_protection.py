"""The way to the mail server: protected as the settings say, or not taken at all."""

import ssl
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from shared.smtp.connections import Connections, Envelope
from shared.smtp.outcomes import Fault, Outcome, Result
from shared.smtp.server import MailServer, Tls
from testing.certificates import new_authority
from testing.smtp.sink import Sink, Step, reply

USER, PASSWORD = "shop", "correct horse"
SECONDS = timedelta(seconds=5)


@dataclass(frozen=True)
class Certificate:
    """What the server shows, and the file of who vouches for it."""

    context: ssl.SSLContext
    authority: Path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("tls")
    authority = new_authority("mail", folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.sign("localhost", folder))
    return Certificate(context, authority.file)


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    return certificate


def sink_with(certificate: Certificate, tls: Tls) -> Sink:
    return Sink(
        tls=certificate.context,
        is_tls_first=tls is Tls.TLS,
        credentials=(USER, PASSWORD),
        keeps_commands=True,
    )


async def send(
    sink: Sink, tls: Tls, *, host: str = "localhost", password: str = PASSWORD
) -> Outcome:
    server = MailServer(host, sink.port, tls, USER, password, SECONDS, command_timeout=SECONDS)
    connections = Connections(server)
    outcome = await connections.send(Envelope("a@b.test", "anna@example.com"), b"a: b\r\n\r\nc\r\n")
    await connections.close()
    return outcome


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
async def test_an_email_goes_the_protected_way(trusted: Certificate, tls: Tls) -> None:
    async with sink_with(trusted, tls).running() as sink:
        outcome = await send(sink, tls)

    assert outcome.is_sent
    assert sink.commands.count("AUTH") == 1
    assert sink.commands.count("STARTTLS") == (tls is Tls.STARTTLS)


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_a_server_that_cannot_prove_its_name_gets_neither_email_nor_password(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch, tls: Tls, host: str
) -> None:
    """Because nobody trusts who vouches for it, or it is vouched for by another name."""
    if host == "127.0.0.1":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    async with sink_with(certificate, tls).running() as sink:
        outcome = await send(sink, tls, host=host)

    assert (outcome.result, outcome.fault) == (Result.NOT_ATTEMPTED, Fault.SERVER)
    assert not {"AUTH", "MAIL"} & set(sink.commands)


@pytest.mark.parametrize("refusal", ["454 4.7.0 not now", "220 go ahead"])
async def test_required_means_required(certificate: Certificate, refusal: str) -> None:
    """Who sits between must not get the email by taking STARTTLS away, or breaking it."""
    offering = Sink(extensions=("STARTTLS", "AUTH PLAIN"), keeps_commands=True)
    offering.when(Step.STARTTLS, reply(refusal))
    silent = Sink(extensions=("AUTH PLAIN",), keeps_commands=True)
    for sink in (offering, silent):
        async with sink.running():
            if sink is offering and refusal.startswith("220"):
                sink.tls, sink.is_tls_first = certificate.context, False
            outcome = await send(sink, Tls.STARTTLS)

        assert outcome.result is Result.NOT_ATTEMPTED
        assert not {"AUTH", "MAIL"} & set(sink.commands)


async def test_a_refused_sign_in_is_the_operators_mistake_and_not_the_emails(
    trusted: Certificate,
) -> None:
    async with sink_with(trusted, Tls.TLS).running() as sink:
        outcome = await send(sink, Tls.TLS, password="wrong battery")

    assert (outcome.result, outcome.fault) == (Result.NOT_ATTEMPTED, Fault.SIGN_IN)
    assert (outcome.cause, outcome.code) == ("SMTPAuthenticationError 535", 535)
    assert "battery" not in f"{outcome!r} {outcome.text}"
    assert "MAIL" not in sink.commands


async def test_a_server_that_takes_no_sign_in_gets_no_email(trusted: Certificate) -> None:
    async with Sink(tls=trusted.context, keeps_commands=True).running() as sink:
        outcome = await send(sink, Tls.STARTTLS)

    assert outcome.result is Result.NOT_ATTEMPTED
    assert "MAIL" not in sink.commands
