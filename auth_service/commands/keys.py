"""Signing keys: see, rotate, revoke and import them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from auth_service.commands.running import database
from auth_service.keys.commands import import_key, key_lines, list_keys, revoke_key, rotate_keys
from auth_service.keys.service import KeyStore
from auth_service.keys.setup import key_store
from auth_service.settings import AuthSettings
from shared.commands.groups import command_group
from shared.commands.layout import AsJson, command, print_json

commands = command_group("keys", about="See, rotate, revoke and import signing keys.")


@command(commands, "list")
async def show(settings: AuthSettings, *, as_json: AsJson = False) -> None:
    """Show every key and where it is in its life."""
    async with _keys(settings) as store:
        keys = await list_keys(store)
    if as_json:
        print_json(keys)
    else:
        print(*key_lines(keys), sep="\n")


@command(commands, "rotate")
async def rotate(settings: AuthSettings) -> None:
    """Let the next key sign."""
    async with _keys(settings) as store:
        print(f"auth: {await rotate_keys(store)}")


@command(
    commands,
    "revoke",
    # A kid may begin with a dash, so nothing here is an option.
    add_help_option=False,
    context_settings={"ignore_unknown_options": True},
)
async def revoke(
    settings: AuthSettings,
    kid: Annotated[str, typer.Argument(help="The key's id, as `keys list` shows it.")],
) -> None:
    """Honour nothing that a key has signed, immediately."""
    async with _keys(settings) as store:
        print(f"auth: {await revoke_key(store, kid)}")


@command(commands, "import")
async def import_pem(
    settings: AuthSettings,
    file: Annotated[Path, typer.Argument(help="A PEM file, as openssl genrsa 3072 makes it.")],
) -> None:
    """Make a key of your own the next one."""
    async with _keys(settings) as store:
        print(f"auth: {await import_key(store, file)}")


@asynccontextmanager
async def _keys(settings: AuthSettings) -> AsyncIterator[KeyStore]:
    async with database(settings):
        yield key_store(settings)
