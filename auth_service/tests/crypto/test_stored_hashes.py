"""Hashes of other systems: which are taken, and at what cost."""

import pytest

from auth_service.crypto.stored_hashes import UnusableHash, require_usable
from auth_service.tests.conftest import REGISTRATION

PASSWORD = REGISTRATION["password"]


@pytest.mark.parametrize("kind", ["argon2id", "argon2i", "argon2d"])
@pytest.mark.parametrize(
    ("parameters", "is_usable"),
    [
        ("m=262144,t=10,p=16", True),
        ("m=8,t=1,p=1", True),
        ("m=262145,t=1,p=1", False),
        ("m=8192,t=11,p=1", False),
        ("m=8192,t=1,p=17", False),
        ("m=8,t=1,p=2", False),
        ("m=0,t=1,p=1", False),
        ("m=-1,t=1,p=1", False),
        ("m=99999999999999,t=1,p=1", False),
        ("t=1,m=8192,p=1", False),
    ],
)
def test_the_bounds_of_argon2(kind: str, parameters: str, is_usable: bool) -> None:
    stored = f"${kind}$v=19${parameters}${'A' * 22}${'A' * 43}"

    if is_usable:
        assert require_usable(stored) == stored
    else:
        with pytest.raises(UnusableHash):
            require_usable(stored)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "!",
        PASSWORD,
        "$2b$03$" + "." * 53,
        "$2b$16$" + "." * 53,
        "$2x$10$" + "." * 53,
        "$2b$10$" + "." * 52,
        "$2b$10$" + "." * 53 + "\n",
        "$2b$٠٤$" + "." * 53,
        "$argon2id$v=16$m=8192,t=1,p=1$" + "A" * 22 + "$" + "A" * 43,
        "$argon2id$v=19$m=8192,t=1,p=1$AAAA$AAAA",
        "$argon2id$v=19$m=8192,t=1,p=1$" + "A" * 10_000 + "$" + "A" * 43,
        "$5$rounds=1000$salt$" + "." * 43,
        "5f4dcc3b5aa765d61d8327deb882cf99",
    ],
)
def test_hashes_of_other_kinds_are_refused(stored: str) -> None:
    with pytest.raises(UnusableHash) as refusal:
        require_usable(stored)

    assert not stored or stored not in str(refusal.value)


@pytest.mark.parametrize("cost", [4, 15])
def test_the_bounds_of_bcrypt(cost: int) -> None:
    stored = f"$2b${cost:02}${'.' * 53}"

    assert require_usable(stored) == stored
