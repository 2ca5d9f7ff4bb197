"""A header may name only our algorithm, our keys and our type of token."""

import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.access.tokens import UnknownKey
from shared.tests.access.verifying import KEY, KID, refusal, verify
from testing.tokens import (
    access_claims,
    access_token,
    encode,
    public_jwk,
    segment,
    signing_key,
)


def resigned(header: dict[str, Any], *, secret: bytes, digest: str = "sha256") -> str:
    """Return a token whose HMAC was made with `secret`."""
    signing_input = f"{segment(header)}.{segment(access_claims())}"
    return f"{signing_input}.{encode(hmac.digest(secret, signing_input.encode(), digest))}"


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt"])
def test_the_type_may_be_written_as_rfc_9068_allows(typ: str) -> None:
    assert verify(access_token(header={"typ": typ}))


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "NONE", "none "])
@pytest.mark.parametrize("signature", ["", "AAAA"])
def test_no_algorithm_is_refused(alg: str, signature: str) -> None:
    header = {"alg": alg, "typ": "at+jwt", "kid": KID}

    assert refusal(f"{segment(header)}.{segment(access_claims())}.{signature}") in {
        "wrong_algorithm",
        "malformed",
    }


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("form", ["pem", "pem-stripped", "der", "jwk", "ssh"])
def test_the_public_key_is_no_hmac_secret(alg: str, form: str) -> None:
    public = KEY.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    secret = {
        "pem": pem,
        "pem-stripped": pem.rstrip(),
        "der": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "jwk": json.dumps(public_jwk(KEY)).encode(),
        "ssh": public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
    }[form]
    header = {"alg": alg, "typ": "at+jwt", "kid": KID}

    token = resigned(header, secret=secret, digest=alg.lower().replace("hs", "sha"))
    assert refusal(token) == "wrong_algorithm"
    claimed_rs256 = resigned({**header, "alg": "RS256"}, secret=secret)
    assert refusal(claimed_rs256) == "bad_signature"


@pytest.mark.parametrize("alg", ["RS384", "RS512", "PS256"])
def test_another_rsa_algorithm_is_refused(alg: str) -> None:
    token = jwt.encode(access_claims(), KEY, algorithm=alg, headers={"typ": "at+jwt", "kid": KID})

    assert refusal(token) == "wrong_algorithm"


def test_another_kind_of_key_is_refused() -> None:
    key = generate_ec_key(SECP256R1())
    headers = {"typ": "at+jwt", "kid": KID}

    assert refusal(jwt.encode(access_claims(), key, "ES256", headers)) == "wrong_algorithm"


@pytest.mark.parametrize("alg", [None, 1, ["RS256"], {"alg": "RS256"}, "", "rs256", "RS256 "])
def test_an_odd_algorithm_is_refused(alg: Any) -> None:
    assert refusal(access_token(header={"alg": alg})) == "wrong_algorithm"


@pytest.mark.parametrize(
    "kid",
    [
        "",
        "x" * 300,
        "../../../dev/null",
        "/proc/sys/kernel/randomize_va_space",
        "x' OR '1'='1",
        "x\x00",
        "x\r\nX: y",
        pytest.param(KID[:-1], id="cut"),
        pytest.param(KID + " ", id="spaced"),
    ],
)
def test_an_unknown_key_is_refused(kid: str) -> None:
    with pytest.raises(UnknownKey):
        verify(access_token(header={"kid": kid}))


@pytest.mark.parametrize("kid", [1, ["x"], {"kid": "x"}, True])
def test_a_key_name_that_is_no_text_is_refused(kid: Any) -> None:
    assert refusal(access_token(header={"kid": kid})) == "malformed"


@pytest.mark.parametrize(
    "extra",
    [
        {"kid": None},
        {"jwk": public_jwk(signing_key("attacker"))},
        {"jku": "http://127.0.0.1/jwks.json"},
        {"x5u": "file:///etc/passwd"},
        {"x5c": ["MII"]},
        {"crit": ["exp"]},
        {"crit": []},
        {"b64": False},
        {"zip": "DEF"},
        {"cty": "JWT"},
    ],
)
def test_a_header_with_more_or_less_than_ours_is_refused(extra: dict[str, Any]) -> None:
    assert refusal(access_token(header=extra)) == "unexpected_header"


@pytest.mark.parametrize(
    "typ", [None, "JWT", "jwt", "refresh+jwt", "logout+jwt", "", 1, ["at+jwt"]]
)
def test_another_type_of_token_is_refused(typ: Any) -> None:
    assert refusal(access_token(header={"typ": typ})) == "wrong_type"
