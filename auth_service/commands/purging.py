"""Removing what is kept for long enough; the running service does it every hour by itself."""

from typing import Annotated

import typer

from auth_service.commands.running import database
from auth_service.retention import NAMES, rules
from auth_service.settings import AuthSettings
from auth_service.verification.purge import overdue, purge_unverified
from shared.commands.groups import command_group
from shared.commands.layout import AsJson, CommandFailed, command, print_json

commands = command_group()

What = Annotated[
    list[str] | None, typer.Argument(help=f"{', '.join(NAMES)}; all of them if none is named.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show which would be removed.")]


@command(commands, "purge")
async def purge(settings: AuthSettings, what: What = None, *, as_json: AsJson = False) -> None:
    """Remove rows that are older than their retention: sessions, audit events, emails…"""
    if unknown := [name for name in what or () if name not in NAMES]:
        raise CommandFailed(f"there is no {unknown[0]} to purge, only {', '.join(NAMES)}")
    removed = {}
    async with database(settings):
        for name, remove in rules(settings).items():
            if name in (what or NAMES):
                removed[name] = await remove()
                if not as_json:
                    print(f"auth: {name}: {removed[name]} removed")
    if as_json:
        print_json(removed)


@command(commands, "purge-unverified")
async def purge_unverified_accounts(
    settings: AuthSettings, *, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Remove accounts whose email was not verified in time."""
    async with database(settings):
        if not dry_run:
            count = await purge_unverified(settings.unverified_lifetime)
            print_json({"removed": count}) if as_json else print(f"auth: {count} accounts removed")
            return
        users = await overdue(settings.unverified_lifetime)
    if as_json:
        print_json([{"id": user.id, "registered_at": user.created_at} for user in users])
        return
    print(f"auth: {len(users)} accounts would be removed")
    for user in users:
        print(f"  {user.id}  registered {user.created_at:%Y-%m-%d %H:%M}")
