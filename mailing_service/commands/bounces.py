"""Take emails that came back: the end of a mail server's pipe."""

import sys
from typing import Annotated

import typer

from mailing_service.bounces.service import LONGEST, take_bounce
from mailing_service.orm import orm_config
from mailing_service.settings import MailingSettings
from shared.commands.groups import command_group
from shared.commands.layout import CommandFailed, command
from shared.database.connection import UNAVAILABLE, connected

TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: mail servers keep the email and pipe it again."""

commands = command_group()

Recipient = Annotated[
    str | None,
    typer.Option(help="The envelope's recipient, where the email does not say it."),
]


class DatabaseAway(CommandFailed):
    """The mail server is to try again."""

    exit_code = TRY_AGAIN


@command(commands, "bounce")
async def bounce(settings: MailingSettings, *, recipient: Recipient = None) -> None:
    """Read an email that came back from standard input, and count it.

    What is no bounce of ours is left alone, with exit code 0; 75 says to try again.
    """
    content = _read()
    try:
        async with connected(orm_config(settings)):
            taken = await take_bounce(content, settings=settings, recipient=recipient)
    except UNAVAILABLE as error:
        raise DatabaseAway(f"the database is away: {type(error).__name__}") from None
    about = f", {taken.kind.value}" if taken.kind else ""
    print(f"{taken.result.value.replace('_', ' ')}{about}.")


def _read() -> bytes:
    """Return the beginning of standard input, and read it to its end: a pipe must not break."""
    content = sys.stdin.buffer.read(LONGEST)
    while sys.stdin.buffer.read(LONGEST):
        pass
    return content
