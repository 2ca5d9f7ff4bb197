"""Removing what is kept for long enough; the running service does it every hour by itself."""

from argparse import Namespace
from typing import Any

from auth_service.commands.running import CommandFailed, database, runs
from auth_service.retention import NAMES, rules
from auth_service.settings import AuthSettings
from auth_service.verification.purge import overdue, purge_unverified


def add_to(commands: Any) -> None:
    """Offer `purge` and `purge-unverified`."""
    forgetting = commands.add_parser("purge", help=_forget.__doc__)
    forgetting.add_argument(
        "what", nargs="*", metavar="what", help=f"{', '.join(NAMES)}; all of them if none is named"
    )
    runs(forgetting, _forget)
    purging = commands.add_parser("purge-unverified", help=_purge.__doc__)
    purging.add_argument(
        "--dry-run", action="store_true", help="only tell which accounts would be removed"
    )
    runs(purging, _purge)


async def _forget(arguments: Namespace, settings: AuthSettings) -> None:
    """Remove rows that are older than their retention: sessions, audit events, emails…"""
    if unknown := [name for name in arguments.what if name not in NAMES]:
        raise CommandFailed(f"there is no {unknown[0]} to purge, only {', '.join(NAMES)}")
    async with database(settings):
        for name, forget in rules(settings).items():
            if name in (arguments.what or NAMES):
                print(f"auth: {name}: {await forget()} removed")


async def _purge(arguments: Namespace, settings: AuthSettings) -> None:
    """Remove accounts whose email was not verified in time."""
    async with database(settings):
        if not arguments.dry_run:
            print(f"auth: {await purge_unverified(settings.unverified_lifetime)} accounts removed")
            return
        users = await overdue(settings.unverified_lifetime)
    print(f"auth: {len(users)} accounts would be removed")
    for user in users:
        print(f"  {user.id}  registered {user.created_at:%Y-%m-%d %H:%M}")
