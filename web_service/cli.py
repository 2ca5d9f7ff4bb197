"""Commands for operators: `vitrina web COMMAND`, or `python -m web_service.cli COMMAND`."""

from shared.commands.layout import ServiceCommands
from web_service.commands import preparation

commands = ServiceCommands(
    "web", preparation.commands, about="Prepare the database of browser sessions."
)
main = commands.main

if __name__ == "__main__":
    commands.run()
