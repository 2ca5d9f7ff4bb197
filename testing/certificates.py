"""An authority of the tests, and the certificates that it signs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM
_SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
"""What Python 3.13 asks of an authority (RFC 5280 section 4.2.1.3)."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs; `file` holds its own certificate."""

    file: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def sign(self, host: str, folder: Path) -> tuple[Path, Path]:
        """Write a certificate for the DNS name `host`, and its key; return both files."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        made = _draft(host, issuer=self.certificate.subject).public_key(key.public_key())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        made = made.add_extension(names, critical=False).add_extension(issuer, critical=False)
        signed = made.sign(self.key, hashes.SHA256())
        certificate_file, key_file = folder / f"{host}.crt", folder / f"{host}.key"
        certificate_file.write_bytes(signed.public_bytes(PEM))
        key_file.write_bytes(
            key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        return certificate_file, key_file


def new_authority(name: str, folder: Path) -> Authority:
    """Make an authority whose certificate is in a file of `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    is_authority = x509.BasicConstraints(ca=True, path_length=0)
    made = _draft(name, issuer=subject).public_key(key.public_key())
    made = made.add_extension(is_authority, critical=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    made = made.add_extension(identifier, critical=False).add_extension(_SIGNS, critical=True)
    certificate = made.sign(key, hashes.SHA256())
    file = folder / f"{name}.pem"
    file.write_bytes(certificate.public_bytes(PEM))
    return Authority(file, key, certificate)


def _draft(name: str, *, issuer: x509.Name) -> x509.CertificateBuilder:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(yesterday)
        .not_valid_after(yesterday + timedelta(days=30))
    )
