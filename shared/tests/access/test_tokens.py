"""The one verifier refuses everything that this system does not issue."""

import hashlib
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from shared.tests.access.verifying import KEY, KID, refusal, verify
from testing.tokens import (
    access_claims,
    access_token,
    encode,
    numbered,
    public_jwk,
    segment,
)


def test_a_good_token_gives_its_claims() -> None:
    person, session = numbered(1), numbered(2)
    claims = verify(access_token(sub=person, sid=session, roles=["user", "admin"], ver=7))

    assert (claims.subject, claims.session_id) == (person, session)
    assert claims.roles == {"user", "admin"}
    assert claims.version == 7
    assert claims.key_id == KID
    assert claims.email_verified
    assert not claims.password_change_required


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
        pytest.param(
            "iat", int(time.time()) - 86_400, "lives_too_long", id="life of a day and more"
        ),
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
    assert refusal(_signed(encode(payload.encode()))) == "malformed"


ANNA = "0193c1a2-7b5e-7d40-8c1e-3a1f0a4c2f11"


@pytest.mark.parametrize("claim", ["sub", "sid"])
@pytest.mark.parametrize(
    "written",
    [
        "anna",
        ANNA.upper(),
        ANNA.replace("-", ""),
        "{" + ANNA + "}",
        f"urn:uuid:{ANNA}",
        f"{ANNA} ",
        f"{ANNA}\n",
        ANNA[:-1],
        ANNA.replace("0", "\N{ARABIC-INDIC DIGIT ZERO}"),
        ANNA.replace("0", "\N{FULLWIDTH DIGIT ZERO}"),
    ],
)
def test_a_person_and_a_session_are_spelt_in_one_way(claim: str, written: str) -> None:
    good: dict[str, Any] = {claim: ANNA}
    assert verify(access_token(**good))
    assert refusal(access_token(**{**good, claim: written})) == "malformed"


@pytest.mark.parametrize(
    "half",
    [
        {"sub": "\ud800"},
        {"jti": "x\udfff"},
        {"roles": ["user", "\ud83d"]},
        {"more": {"deep": [{"\udc00": 1}]}},
        {"\ud800": 1},
    ],
)
def test_claims_that_are_no_text_are_refused(half: dict[str, Any]) -> None:
    assert refusal(access_token(**half)) == "malformed"
    assert refusal(access_token(header={"typ": "at+jwt", "kid": "\ud800"})) == "malformed"


def test_claims_may_be_written_with_escapes() -> None:
    claims = verify(access_token(jti="\U0001f642 \\u", roles=["\u0430"]))
    assert (claims.token_id, claims.roles) == ("\U0001f642 \\u", frozenset({"\u0430"}))


@pytest.mark.parametrize("around", [" {}", "{} ", "\n{}", "{}x", "{}{}", "\ufeff{}", "{}\0"])
def test_nothing_stands_around_the_payload(around: str) -> None:
    payload = around.replace("{}", json.dumps(access_claims()), 1)

    assert refusal(_signed(encode(payload.encode()))) == "malformed"


def test_a_payload_is_written_in_one_way_only() -> None:
    payload = _payload_with("-_")
    assert verify(_signed(payload))

    common = payload.replace("-", "+").replace("_", "/")
    strewn = [payload[:8] + letter * 4 + payload[8:] for letter in "!=+/.\n\0"]
    for other in (common, f"{payload}=", f"{payload}==", f"{payload}\n", *strewn):
        assert refusal(_signed(other)) == "malformed"


def _signed(payload: str) -> str:
    """Return a token with a good signature over whatever `payload` is."""
    header = segment({"alg": "RS256", "typ": "at+jwt", "kid": KID})
    signing_input = f"{header}.{payload}"
    signature = jwt.get_algorithm_by_name("RS256").sign(signing_input.encode(), KEY)
    return f"{signing_input}.{encode(signature)}"


def _payload_with(letters: str) -> str:
    """Return a good payload whose base64 has all of `letters`."""
    tries = (segment(access_claims(nick="?>" * i + "~" * i)) for i in range(100))
    return next(payload for payload in tries if set(letters) <= set(payload))


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
