"""Groups of commands as all of ours look, and what Ctrl-C does."""

import signal

import typer


def command_group(name: str | None = None, *, about: str | None = None) -> typer.Typer:
    """Return an empty group; without a name its commands are those of the group around it."""
    return typer.Typer(
        name=name,
        help=about,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def take_interrupts() -> None:
    """Have Ctrl-C stop a command that a shell has started in the background, too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
