"""Commands for operators: `vitrina auth COMMAND`, or `python -m auth_service.cli COMMAND`."""

from auth_service.administration.first_administrator import CannotMakeAdministrator
from auth_service.commands import keys, people, preparation, purging, transfer
from auth_service.keys.service import UnusableKey
from shared.commands.layout import ServiceCommands

commands = ServiceCommands(
    "auth",
    preparation.commands,
    people.commands,
    transfer.commands,
    purging.commands,
    keys.commands,
    about="Prepare the auth service's database; people, keys, import and export.",
    failures=(CannotMakeAdministrator, UnusableKey),
)
main = commands.main

if __name__ == "__main__":
    commands.run()
