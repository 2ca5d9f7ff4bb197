"""Commands for operators: `vitrina catalog COMMAND`, or `python -m catalog_service.cli COMMAND`."""

from catalog_service.commands import preparation, transfer
from shared.commands.layout import ServiceCommands
from shared.transfer.formats import UnusableFile

commands = ServiceCommands(
    "catalog",
    preparation.commands,
    transfer.commands,
    about="Prepare the catalog's database; import and export products.",
    failures=(UnusableFile,),
)
main = commands.main

if __name__ == "__main__":
    commands.run()
