"""Commands for operators: `vitrina mailing COMMAND`, or `python -m mailing_service.cli COMMAND`."""

from mailing_service.commands import bounces, caches, mailings, preparation, sending, transfer
from shared.commands.layout import ServiceCommands
from shared.transfer.formats import UnusableFile

commands = ServiceCommands(
    "mailing",
    preparation.commands,
    sending.commands,
    mailings.commands,
    transfer.commands,
    bounces.commands,
    caches.commands,
    about="Prepare the mailing service's database, and start and stop mailings.",
    failures=[UnusableFile],
)
main = commands.main

if __name__ == "__main__":
    commands.run()
