"""Signing keys: see, rotate, revoke and import them."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from auth_service.commands.running import CommandFailed, database, runs
from auth_service.keys.commands import import_key, list_keys, revoke_key, rotate_keys
from auth_service.keys.service import UnusableKey
from auth_service.keys.setup import key_store
from auth_service.settings import AuthSettings


def add_to(commands: Any) -> None:
    """Offer `keys list|rotate|revoke|import`."""
    group = commands.add_parser("keys", help="See, rotate, revoke and import signing keys.")
    actions = group.add_subparsers(dest="action", required=True)
    runs(actions.add_parser("list", help="Show every key and where it is in its life."), _run)
    runs(actions.add_parser("rotate", help="Let the next key sign."), _run)
    revoke = actions.add_parser(
        "revoke",
        help="Honour nothing that a key has signed, at once.",
        prefix_chars="+",  # a kid may begin with a dash
        add_help=False,
    )
    revoke.add_argument("kid", help="the key's id, as `keys list` shows it")
    runs(revoke, _run)
    importing = actions.add_parser("import", help="Make a key of your own the next one.")
    importing.add_argument("file", type=Path, help="a PEM file, as openssl genrsa 3072 makes it")
    runs(importing, _run)


async def _run(arguments: Namespace, settings: AuthSettings) -> None:
    store = key_store(settings)
    async with database(settings):
        try:
            match arguments.action:
                case "list":
                    print(*await list_keys(store), sep="\n")
                case "rotate":
                    print(f"auth: {await rotate_keys(store)}")
                case "revoke":
                    print(f"auth: {await revoke_key(store, arguments.kid)}")
                case "import":
                    print(f"auth: {await import_key(store, arguments.file)}")
        except UnusableKey as error:
            raise CommandFailed(str(error)) from None
