"""Addresses: how they are compared, hashed and shown."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from mailing_service.addresses import AddressHasher, canonical, domain_of, load_hasher, masked
from mailing_service.models.addresses import AddressKey
from shared.secret_box import CannotOpen

OLD, NEW, OTHER = (SecretStr(f"secret-{number:032}") for number in range(3))

pytestmark = pytest.mark.usefixtures("app", "empty_tables", "no_key_left")


@pytest.fixture
async def no_key_left(app: FastAPI) -> AsyncIterator[None]:
    """The keys of these tests are sealed with secrets that no other test knows."""
    yield
    await AddressKey.all().delete()


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Anna@Example.COM", "anna@example.com"),
        ("a@ПОЧТА.рф", "a@xn--80a1acny.xn--p1ai"),
        ("anna\u200b@example.com", "anna@example.com"),
    ],
)
def test_spellings_of_one_address_compare_equal(typed: str, same: str) -> None:
    assert canonical(typed) == same


def test_others_see_the_first_letter_and_the_domain() -> None:
    assert masked("anna@example.com") == "a…@example.com"
    assert domain_of("anna@example.com") == "example.com"


async def test_a_hash_is_the_same_after_the_secrets_have_changed() -> None:
    await AddressKey.all().delete()
    before = (await load_hasher([OLD])).hash_of("anna@example.com")

    await load_hasher([NEW, OLD])
    after = (await load_hasher([NEW])).hash_of("anna@example.com")

    assert before == after


async def test_without_its_secret_the_key_is_not_replaced() -> None:
    await AddressKey.all().delete()
    before = await load_hasher([OLD])

    with pytest.raises(CannotOpen):
        await load_hasher([OTHER])

    assert await load_hasher([OLD]) == before


async def test_of_many_first_processes_one_makes_the_key() -> None:
    await AddressKey.all().delete()

    hashers = await asyncio.gather(*(load_hasher([OLD]) for _ in range(8)))

    assert len(set(hashers)) == 1


async def test_databases_have_keys_of_their_own_and_nothing_shows_them() -> None:
    hashers: list[AddressHasher] = []
    for _ in range(2):
        await AddressKey.all().delete()
        hashers.append(await load_hasher([OLD]))

    one, other = hashers
    assert one.hash_of("a@example.com") != other.hash_of("a@example.com")
    assert str(one.key) not in repr(one)
