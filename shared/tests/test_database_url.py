"""What may stand in a database URL is passed on; everything else is refused with a sentence."""

import ssl
from pathlib import Path
from typing import Any

import pytest

from shared.database_url import PARAMETERS, arguments_of
from testing.certificates import new_authority

URL = "postgres://shop%40runtime:pa%2Fss@db.example.com:6432/the%20shop"
PLAIN = {
    "host": "db.example.com",
    "port": 6432,
    "user": "shop@runtime",
    "password": "pa/ss",
    "database": "the shop",
    "server_settings": {},
}


def test_without_parameters_it_is_server_account_and_database() -> None:
    assert arguments_of(URL) == PLAIN
    assert arguments_of("postgres://a:b@[::1]/c").items() >= {"host": "::1", "port": 5432}.items()


@pytest.mark.parametrize(
    ("query", "passed_on"),
    [
        ("application_name=my%20shop", {"server_settings": {"application_name": "my shop"}}),
        ("options=-c%20work_mem%3D8MB", {"server_settings": {"options": "-c work_mem=8MB"}}),
        ("connect_timeout=3", {"timeout": 3.0}),
        ("target_session_attrs=read-write", {"target_session_attrs": "read-write"}),
        ("sslmode=disable", {"ssl": "disable"}),
        ("sslmode=allow", {"ssl": "allow"}),
        ("sslmode=prefer", {"ssl": "prefer"}),
    ],
)
def test_a_parameter_is_passed_on(query: str, passed_on: dict[str, Any]) -> None:
    assert arguments_of(f"{URL}?{query}") == {**PLAIN, **passed_on}


@pytest.mark.parametrize(
    ("query", "verifies", "checks_the_name"),
    [
        ("sslmode=require", ssl.CERT_NONE, False),
        ("sslmode=require&sslrootcert={ca}", ssl.CERT_REQUIRED, False),
        ("sslmode=verify-ca&sslrootcert={ca}", ssl.CERT_REQUIRED, False),
        ("sslmode=verify-full&sslrootcert={ca}", ssl.CERT_REQUIRED, True),
        ("sslmode=verify-full&sslrootcert=system", ssl.CERT_REQUIRED, True),
        ("sslmode=verify-full", ssl.CERT_REQUIRED, True),
    ],
)
def test_a_strict_mode_verifies(
    tmp_path: Path, query: str, verifies: ssl.VerifyMode, *, checks_the_name: bool
) -> None:
    authority = new_authority("ca", tmp_path)
    context = arguments_of(f"{URL}?{query.format(ca=authority.file)}")["ssl"]
    assert (context.verify_mode, context.check_hostname) == (verifies, checks_the_name)


def test_certificates_and_versions_are_used(tmp_path: Path) -> None:
    authority = new_authority("ca", tmp_path)
    certificate, key = authority.sign("shop", tmp_path)
    files = f"sslrootcert={authority.file}&sslcert={certificate}&sslkey={key}"
    versions = "ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.3"
    context = arguments_of(f"{URL}?sslmode=verify-full&{files}&{versions}")["ssl"]
    assert [ca["serialNumber"] for ca in context.get_ca_certs()]
    assert context.minimum_version == context.maximum_version == ssl.TLSVersion.TLSv1_3


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://a:b@c/d", "must look like postgres://"),
        ("postgres:///d", "must look like postgres://"),
        ("postgres://a:b@one,two/d", "must name one host"),
        ("postgres://a:b@c:99999/d", "must name a port"),
        ("postgres://a:b@c/d#sslmode=require", "must have no #"),
        ("postgres://a:b@c/d?sslmode", "must have parameters like"),
        ("postgres://a:b@c/d?sslmode=", "must give sslmode one value"),
        ("postgres://a:b@c/d?sslmode=require&sslmode=disable", "must give sslmode one value"),
        ("postgres://a:b@c/d?sslmode=verify", "must have an sslmode of disable, "),
        ("postgres://a:b@c/d?ssl=true", "unknown parameter ssl; known are sslmode, "),
        ("postgres://a:b@c/d?channel_binding=require", "unknown parameter channel_binding;"),
        ("postgres://a:b@c/d?search_path=mine", "unknown parameter search_path;"),
        ("postgres://a:b@c/d?host=elsewhere", "unknown parameter host;"),
        ("postgres://a:b@c/d?Se%20cret=x", "unknown parameter; known are"),
        ("postgres://a:b@c/d?connect_timeout=0", "connect_timeout of 1 to 3600"),
        ("postgres://a:b@c/d?connect_timeout=soon", "connect_timeout of 1 to 3600"),
        ("postgres://a:b@c/d?target_session_attrs=write", "target_session_attrs of any, "),
        ("postgres://a:b@c/d?sslrootcert=/ca.pem", "sslrootcert, which needs sslmode=verify-full"),
        ("postgres://a:b@c/d?sslmode=prefer&sslcrl=/crl", "sslcrl, which needs sslmode=verify-"),
        ("postgres://a:b@c/d?sslmode=verify-full&sslrootcert=/none", "(/none: No such file"),
        (f"postgres://a:b@c/d?sslmode=verify-ca&sslrootcert={__file__}", "that cannot be used"),
        ("postgres://a:b@c/d?sslmode=require&sslkey=/key", "sslkey without the sslcert"),
        (
            "postgres://a:b@c/d?sslmode=require&ssl_min_protocol_version=SSLv3",
            "TLSv1.2 or TLSv1.3",
        ),
    ],
)
def test_what_is_not_passed_on_is_refused_with_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^(must|has|names) ") as refusal:
        arguments_of(url)
    assert sentence in str(refusal.value)


def test_each_known_parameter_is_documented() -> None:
    document = (Path(__file__).parents[2] / "docs/deployment.md").read_text()
    assert [name for name in PARAMETERS if f"`{name}" not in document] == []
