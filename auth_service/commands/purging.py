"""Removing accounts that nobody verified; the running service does it every hour by itself."""

from argparse import Namespace
from typing import Any

from auth_service.commands.running import database, runs
from auth_service.settings import AuthSettings
from auth_service.verification.purge import overdue, purge_unverified


def add_to(commands: Any) -> None:
    """Offer `purge-unverified`."""
    purging = commands.add_parser("purge-unverified", help=_purge.__doc__)
    purging.add_argument(
        "--dry-run", action="store_true", help="only tell which accounts would be removed"
    )
    runs(purging, _purge)


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
