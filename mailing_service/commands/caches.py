"""By hand: let nobody be shown what was kept before."""

from mailing_service.blog import revision
from mailing_service.orm import orm_config
from mailing_service.settings import MailingSettings
from shared.commands.groups import command_group
from shared.commands.layout import command
from shared.database.connection import connected

commands = command_group()


@command(commands, "clear-cache")
async def clear_cache(settings: MailingSettings) -> None:
    """Drop the counts of the home page, and have gateways ask again for what is open to all.

    Processes of the service see the new revision with the next request for the home page;
    gateways within the seconds for which they may show what they have.
    """
    async with connected(orm_config(settings)):
        await revision.advance()
    print("The counts are dropped; gateways show what there is now within ten seconds.")
