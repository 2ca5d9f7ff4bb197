"""`vitrina SERVICE COMMAND`: the commands of the services that are installed here.

Services name theirs by entry points of the group `vitrina.commands`; nothing of a service is
imported before it is asked for.
"""

import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec

import typer

from shared.commands.groups import command_group, take_interrupts

GROUP = "vitrina.commands"
_PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True}


def installed() -> Iterator[EntryPoint]:
    """Yield the entry points whose packages are there; an image has its own service's."""
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        if find_spec(entry.module.partition(".")[0]):
            yield entry


def application() -> typer.Typer:
    """Return `vitrina`, which passes everything behind a service's name on to its commands."""
    services = command_group(about="Commands of the services that are installed here.")
    services.callback()(lambda: None)  # or one service alone would not have to be named
    for entry in installed():
        _add(services, entry)
    return services


def _add(services: typer.Typer, entry: EntryPoint) -> None:
    @services.command(
        entry.name,
        help=f"Commands of the {entry.name} service.",
        add_help_option=False,
        context_settings=_PASSED_ON,
    )
    def pass_on(context: typer.Context) -> None:
        main = entry.load().main
        raise SystemExit(main(context.args, program=f"vitrina {entry.name}"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; raises SystemExit with its exit code."""
    take_interrupts()
    try:
        application()(arguments, prog_name="vitrina")
    except KeyboardInterrupt:  # while a service is being imported
        sys.stderr.write("vitrina: stopped.\n")
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
