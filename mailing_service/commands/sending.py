"""By hand: do what is due, and stop all sending."""

from mailing_service.accounts.service import are_current
from mailing_service.mailings.running import holding
from mailing_service.mailings.running.clock import tick
from mailing_service.orm import orm_config
from mailing_service.settings import MailingSettings
from shared.commands.groups import command_group
from shared.commands.layout import CommandFailed, command
from shared.database.connection import connected

commands = command_group()


@command(commands, "tick")
async def tick_once(settings: MailingSettings) -> None:
    """Start, end and repeat the mailings that are due, as the workers' clock does."""
    async with connected(orm_config(settings)):
        is_current = await are_current(settings.accounts_max_age)
        await tick(settings, may_start=is_current)
    if not is_current:
        raise CommandFailed("nothing was started: there is no recent news of accounts")
    print("Everything that is due is done.")


@command(commands, "hold")
async def hold(settings: MailingSettings) -> None:
    """Stop all sending, and pause what runs or is scheduled until its owner resumes it."""
    async with connected(orm_config(settings)):
        paused = await holding.hold()
    print(f"Nothing is sent any more; paused {paused}. `release` lets workers send again.")


@command(commands, "release")
async def release(settings: MailingSettings) -> None:
    """Let workers send again; what is paused waits for its owner."""
    async with connected(orm_config(settings)):
        was_held = await holding.release()
    print("Workers may send again." if was_held else "Nothing was held.")
