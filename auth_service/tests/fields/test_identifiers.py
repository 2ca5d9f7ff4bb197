"""What pasting brings along is forgiven, at the sign-in and at the registration."""

import sys
import unicodedata

import httpx2
import pytest

from auth_service.fields.identifiers import canonical_login
from auth_service.fields.identifiers import canonical_phone as phone
from auth_service.tests.conftest import register, sign_in
from shared.values.email_addresses import InvalidIdentifier, canonical_email

PHONE, EMAIL = "+79161234567", "anna-b@example.com"


def of(*categories: str) -> list[str]:
    """Return all characters outside ASCII of these categories."""
    every = (chr(code) for code in range(128, sys.maxunicode + 1))
    return [c for c in every if unicodedata.category(c) in categories]


INVISIBLE = [
    *of("Cf", "Zs", "Zl", "Zp"),
    *map(chr, range(0xFE00, 0xFE10)),  # variation selectors
    *map(chr, range(0xE0100, 0xE01F0)),
    *"\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0",
]
DASHES = [*of("Pd"), *"\u2043\u2053\u207b\u208b\u2212\u2796"]


def test_every_invisible_character_is_forgiven_in_a_phone() -> None:
    for c in INVISIBLE:
        pasted = f"{c}+7{c}916{c}1234567{c}"
        assert phone(pasted) == PHONE, hex(ord(c))
        assert canonical_login(f"8{c}9161234567{c}") == ("phone", PHONE), hex(ord(c))


def test_every_dash_is_forgiven_in_a_phone() -> None:
    for c in DASHES:
        assert phone(f"+7916{c}123{c}45{c}67") == PHONE, hex(ord(c))
        assert canonical_login(f"8 (916) 123{c}45{c}67") == ("phone", PHONE), hex(ord(c))


def test_every_one_is_forgiven_in_an_email() -> None:
    for c in INVISIBLE:
        pasted = f"{c}an{c}na-b{c}@{c}exam{c}ple.com{c}"
        assert canonical_email(pasted) == EMAIL, hex(ord(c))
        assert canonical_login(pasted) == ("email", EMAIL), hex(ord(c))
    for c in DASHES:
        assert canonical_email(f"anna{c}b@example.com") == EMAIL, hex(ord(c))


@pytest.mark.parametrize(
    "text",
    [
        "+7 9161234567",
        "+7916-1234567",
        "+79161234567\n",
        "+7(916)1234567",
        "+7٩١٦١٢٣٤٥٦٧",
        "89161234567",
    ],
)
def test_what_is_typed_at_registration_is_plus_seven_and_ten_digits(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        phone(text)


@pytest.mark.parametrize(
    "text", ["аnna@example.com", "a\u0301nna@example.com", "an na@example.com"]
)
def test_a_letter_that_is_seen_is_not_dropped(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        canonical_email(text)


def test_a_joiner_that_makes_another_domain_is_refused_not_dropped() -> None:
    assert canonical_email("a@نامهای.com") == "a@xn--mgba3gch31f.com"
    with pytest.raises(InvalidIdentifier):
        canonical_email("a@نامه\u200cای.com")


async def test_one_registers_and_signs_in_by_what_was_pasted(client: httpx2.AsyncClient) -> None:
    pasted = "\u202a+7\u00a0916\u00a0123\u201145\u201167\u202c"

    account = await register(client, email="\ufeffanna@exam\u00adple.com\u200b", phone=pasted)

    assert (account["email"], account["phone"]) == ("anna@example.com", PHONE)
    for login in (
        pasted,
        "\u202a8\u00a0(916)\u00a0123\u221245\u221267\u202c",
        "\u2060anna@example.com",
    ):
        await sign_in(client, login)
