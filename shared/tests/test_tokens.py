"""The one verifier refuses everything that this system does not issue."""

import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from shared.jwks import parse_jwks
from shared.testing.tokens import (
    access_claims,
    access_token,
    encode,
    jwks,
    public_jwk,
    segment,
    signing_key,
)
from shared.tokens import AccessClaims, InvalidToken, UnknownKey, verify_access_token

KEY = signing_key()
KID = public_jwk(KEY)["kid"]
KEYS = parse_jwks(jwks(KEY))


def verify(token: str, now: float | None = None) -> AccessClaims:
    return verify_access_token(
        token,
        keys=KEYS,
        issuer="http://localhost:8000",
        audience="vitrina",
        now=time.time() if now is None else now,
    )


def refusal(token: str, now: float | None = None) -> str:
    with pytest.raises(InvalidToken) as refused:
        verify(token, now)
    return refused.value.reason


def resigned(header: dict[str, Any], *, secret: bytes, digest: str = "sha256") -> str:
    """Return a token whose HMAC was made with `secret`."""
    signing_input = f"{segment(header)}.{segment(access_claims())}"
    return f"{signing_input}.{encode(hmac.digest(secret, signing_input.encode(), digest))}"


def test_a_good_token_gives_its_claims() -> None:
    claims = verify(access_token(sub="somebody", roles=["user", "admin"], ver=7))

    assert claims.subject == "somebody"
    assert claims.roles == {"user", "admin"}
    assert claims.version == 7
    assert claims.key_id == KID
    assert claims.email_verified
    assert not claims.password_change_required


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


@pytest.mark.parametrize(
    ("claim", "value", "reason"),
    [
        ("iss", None, "wrong_issuer"),
        ("iss", "http://localhost:8000/", "wrong_issuer"),
        ("iss", "http://localhost:800", "wrong_issuer"),
        ("iss", "http://localhost:80000", "wrong_issuer"),
        ("iss", ["http://localhost:8000"], "wrong_issuer"),
        ("aud", None, "wrong_audience"),
        ("aud", "vitrin", "wrong_audience"),
        ("aud", "Vitrina", "wrong_audience"),
        ("aud", [], "wrong_audience"),
        ("aud", ["vitrina"], "wrong_audience"),
        ("aud", ["other"], "wrong_audience"),
        ("client_id", None, "wrong_client"),
        ("client_id", "other", "wrong_client"),
        ("exp", None, "malformed"),
        ("exp", "9999999999", "malformed"),
        ("exp", 1e308, "malformed"),
        ("exp", -1, "malformed"),
        ("exp", True, "malformed"),
        ("exp", 9999999999.5, "malformed"),
        ("exp", 10**400, "malformed"),
        ("exp", 1, "expired"),
        ("nbf", None, "malformed"),
        pytest.param("nbf", int(time.time()) + 3600, "not_yet_valid", id="nbf of the future"),
        ("iat", None, "malformed"),
        pytest.param("iat", int(time.time()) + 3600, "not_yet_valid", id="iat of the future"),
        ("sub", None, "malformed"),
        ("sub", "", "malformed"),
        ("sub", 1, "malformed"),
        ("sid", None, "malformed"),
        ("jti", ["x"], "malformed"),
        ("ver", None, "malformed"),
        ("ver", "1", "malformed"),
        ("ver", True, "malformed"),
        ("roles", None, "malformed"),
        ("roles", "admin", "malformed"),
        ("roles", [1], "malformed"),
        ("email_verified", "yes", "malformed"),
        ("email_verified", None, "malformed"),
        ("password_change_required", 0, "malformed"),
    ],
)
def test_a_claim_that_is_not_ours_is_refused(claim: str, value: Any, reason: str) -> None:
    assert refusal(access_token(**{claim: value})) == reason


def test_a_token_is_over_the_second_it_expires() -> None:
    token = access_token(exp=2_000_000_000, iat=1_999_999_000, nbf=1_999_999_000)

    assert verify(token, now=1_999_999_999.9)
    assert refusal(token, now=2_000_000_000) == "expired"


def test_the_issuers_clock_may_be_a_minute_ahead() -> None:
    token = access_token(exp=2_000_001_000, iat=2_000_000_000, nbf=2_000_000_000)

    assert verify(token, now=2_000_000_000 - 60)
    assert refusal(token, now=2_000_000_000 - 61) == "not_yet_valid"


@pytest.mark.parametrize("position", [0, 1, 100, -2, -1])
def test_one_changed_letter_of_the_signature_is_refused(position: int) -> None:
    head, _, signature = access_token().rpartition(".")
    letters = list(signature)
    letters[position] = "A" if letters[position] != "A" else "B"

    assert refusal(f"{head}.{''.join(letters)}") in {"bad_signature", "malformed"}


@pytest.mark.parametrize("signature", ["AAAA", encode(bytes(256)), encode(bytes(384)), "A" * 4000])
def test_a_made_up_signature_is_refused(signature: str) -> None:
    head = access_token().rpartition(".")[0]

    assert refusal(f"{head}.{signature}") == "bad_signature"


def test_a_signature_of_another_token_or_key_is_refused() -> None:
    first, second = access_token(), access_token(roles=["admin"])
    spliced = f"{second.rpartition('.')[0]}.{first.rpartition('.')[2]}"
    other = generate_private_key(public_exponent=65537, key_size=2048)

    assert refusal(spliced) == "bad_signature"
    assert refusal(access_token(other, header={"kid": KID})) == "bad_signature"


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "a",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "a.b.c.d.e",
        json.dumps({"payload": "x", "signatures": []}),
        "ä.ö.ü",
        "a.b.c\n",
        " a.b.c",
        f"{encode(b'[1]')}.{encode(b'{}')}.AAAA",
        f"{encode(b'null')}.{encode(b'{}')}.AAAA",
        f"{encode(b'{')}.{encode(b'{}')}.AAAA",
        f"{encode(b'[' * 3000)}.{encode(b'{}')}.AAAA",
        f"{encode(bytes([255, 254]))}.{encode(b'{}')}.AAAA",
    ],
)
def test_what_is_no_compact_jws_is_refused(token: str) -> None:
    assert refusal(token) == "malformed"


def test_an_oversized_token_is_refused_before_it_is_read() -> None:
    assert refusal("x" * 8193) == "too_long"
    assert refusal(access_token(header={"typ": "x" * 2**20})) == "too_long"


@pytest.mark.parametrize(
    "payload", ['{"iss":"a","iss":"b"}', '{"exp": NaN}', '{"exp": Infinity}', "[]", '"x"', "1"]
)
def test_a_payload_that_reads_two_ways_is_refused(payload: str) -> None:
    header = segment({"alg": "RS256", "typ": "at+jwt", "kid": KID})
    signing_input = f"{header}.{encode(payload.encode())}"
    signature = jwt.get_algorithm_by_name("RS256").sign(signing_input.encode(), KEY)

    assert refusal(f"{signing_input}.{encode(signature)}") == "malformed"


@given(st.integers(0, 10_000), st.characters(codec="ascii"))
def test_a_mutated_token_never_passes(position: int, character: str) -> None:
    token = GOOD
    place = position % len(token)
    mutated = token[:place] + character + token[place + 1 :]

    if mutated != token:
        assert refusal(mutated)


@given(st.text(max_size=200))
def test_text_is_no_token(text: str) -> None:
    assert refusal(text)


GOOD = access_token()


def test_the_thumbprint_is_that_of_rfc_7638() -> None:
    members = {name: public_jwk(KEY)[name] for name in ("e", "kty", "n")}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":"))

    assert encode(hashlib.sha256(canonical.encode()).digest()) == KID
