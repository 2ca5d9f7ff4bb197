"""Signatures that a stranger's program finds good, and no more than what was signed."""

from base64 import b64encode

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from shared.smtp.dkim import Signer, UnusableKey, relaxed_body

RSA = rsa.generate_private_key(65537, 2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
HEAD = (
    b"From: =?utf-8?b?0JLQuNGC0YDQuNC90LA=?=\r\n <shop@shop.example>\r\n"
    b"To: anna@example.com\r\nSubject:  two  spaces \r\nDate: Mon, 30 Nov 2026 00:00:00 +0000\r\n"
    b"Message-ID: <1@shop.example>\r\nList-Unsubscribe: <https://shop.example/u/t>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nX-Other: y\r\n"
)
BODY = b"Hello  there\t!  \r\n\r\n.dots\r\n \r\n\r\n\r\n"


def pem(key: PrivateKeyTypes) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def record(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    """Return what would stand in the DNS."""
    form = (
        (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        if isinstance(key, ed25519.Ed25519PrivateKey)
        else (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    name = b"ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else b"rsa"
    return b"v=DKIM1; k=" + name + b"; p=" + b64encode(key.public_key().public_bytes(*form))


def is_good(message: bytes, key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bool:
    names = []

    def dns(name: bytes, **_: object) -> bytes:
        names.append(name)
        return record(key)

    verdict: bool = dkim.verify(message, dnsfunc=dns)
    assert names == [b"mail1._domainkey.shop.example."]
    return verdict


@pytest.fixture(params=[RSA, ED25519], ids=["rsa", "ed25519"])
def key(request: pytest.FixtureRequest) -> rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey:
    found: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey = request.param
    return found


def signer(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> Signer:
    return Signer.from_pem(pem(key), domain="shop.example", selector="mail1")


@pytest.mark.parametrize("body", [BODY, b"", b"\r\n", b"x", b"x\r\n\r\n", b" \t \r\n"])
def test_another_program_verifies_it(
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey, body: bytes
) -> None:
    message = signer(key).sign(HEAD + b"\r\n" + body)

    assert is_good(message, key)
    assert message.endswith(HEAD + b"\r\n" + body)
    assert all(len(line) <= 78 for line in message.split(b"\r\n"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Hello", b"Hallo"),
        (b"Subject:  two", b"Subject: three"),
        (b"u/t>", b"u/x>"),
        (b"One-Click", b"Two-Clicks"),
        (b"From:", b"From: x@evil.test\r\nFrom:"),
        (b"To: anna", b"To: ivan"),
    ],
)
def test_what_is_changed_on_the_way_shows(
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey, old: bytes, new: bytes
) -> None:
    signed = signer(key).sign(HEAD + b"\r\n" + BODY)
    signature, rest = signed[: -len(HEAD + b"\r\n" + BODY)], signed[-len(HEAD + b"\r\n" + BODY) :]

    assert not is_good(signature + rest.replace(old, new, 1), key)


def test_both_unsubscribe_fields_are_signed_and_from_once_more() -> None:
    signed = signer(RSA).sign(HEAD + b"\r\n" + BODY)
    names = signed.partition(b"\r\n h=")[2].partition(b";")[0].replace(b"\r\n ", b"").split(b":")

    assert {b"list-unsubscribe", b"list-unsubscribe-post"} <= set(names)
    assert names.count(b"from") == 2
    assert b"x-other" not in names


def test_a_body_without_anything_is_empty() -> None:
    assert relaxed_body(b"\r\n\r\n") == b""
    assert relaxed_body(b"a \t b \r\n\r\n") == b"a b\r\n"


@pytest.mark.parametrize(
    ("pem_bytes", "domain", "selector"),
    [
        (b"nothing", "shop.example", "mail1"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "shop.example", "mail1"),
        (pem(RSA), "shop.example; d=evil.test", "mail1"),
        (pem(RSA), "shop.example", "mail1\r\n"),
    ],
)
def test_a_key_that_cannot_sign_is_refused(pem_bytes: bytes, domain: str, selector: str) -> None:
    with pytest.raises(UnusableKey):
        Signer.from_pem(pem_bytes, domain=domain, selector=selector)


def test_the_key_does_not_show() -> None:
    assert "key" not in repr(signer(RSA)).lower()
