"""The layout of every service's commands, by Typer.

A command is an async function of its settings and its arguments. It ends with exit code 0, or
with a sentence on standard error: 1 when it could not do its work, 2 when the settings or the
arguments are wrong, 75 when a migration met locks and can be tried again, 130 when interrupted.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import wraps
from inspect import signature
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

import asyncpg
import typer
from pydantic_core import to_json
from tortoise.exceptions import BaseORMException

from shared.commands.groups import command_group, take_interrupts
from shared.database.connection import UNAVAILABLE
from shared.errors import ServiceError
from shared.migrating.steps import MigrationFailed
from shared.settings import ServiceSettings, load

USAGE = 2
INTERRUPTED = 130

_UNUSABLE_DATABASE: tuple[type[Exception], ...] = (
    BaseORMException,
    asyncpg.PostgresError,
    *UNAVAILABLE,
)

SettingsT = TypeVar("SettingsT")
Arguments = ParamSpec("Arguments")
Command = Callable[Concatenate[SettingsT, Arguments], Coroutine[Any, Any, None]]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


class CommandFailed(Exception):
    """The sentence says why, and goes to standard error."""


def command(
    group: typer.Typer, name: str, *, settings: type[ServiceSettings] | None = None, **options: Any
) -> Callable[[Command[SettingsT, Arguments]], Command[SettingsT, Arguments]]:
    """Add a function to a group.

    Its first parameter is the settings, loaded by the class that it is annotated with or by
    `settings`; the others are arguments and options, and its docstring is the help.
    """

    def add(function: Command[SettingsT, Arguments]) -> Command[SettingsT, Arguments]:
        first, *others = signature(function).parameters.values()
        begin: Callable[..., Coroutine[Any, Any, None]] = function

        @wraps(function)
        def run(**arguments: Any) -> None:
            asyncio.run(begin(load(settings or first.annotation), **arguments))

        run.__dict__["__signature__"] = signature(function).replace(parameters=others)
        group.command(name, **options)(run)
        return function

    return add


def print_json(value: Any) -> None:
    """Print what JSON can say of a value: also times, UUIDs and dataclasses."""
    print(to_json(value, indent=2).decode())


class ServiceCommands:
    """All commands of a service."""

    def __init__(
        self,
        service: str,
        *groups: typer.Typer,
        about: str,
        failures: Iterable[type[Exception]] = (),
    ) -> None:
        """`failures` are errors whose text is the sentence that people read."""
        self._service = service
        self._failures: tuple[type[Exception], ...] = (CommandFailed, MigrationFailed, *failures)
        self._app = command_group(about=about)
        for group in groups:
            self._app.add_typer(group)

    def main(self, arguments: Sequence[str] | None = None, *, program: str | None = None) -> int:
        """Run one command; return its exit code. Raises SystemExit(2) for wrong arguments."""
        try:
            self._app(arguments, prog_name=program or f"python -m {self._service}_service.cli")
        except SystemExit as end:
            if end.code == USAGE:
                raise
            if end.code == INTERRUPTED:
                return self._fail("stopped.", INTERRUPTED)
            return int(end.code or 0)
        except Exception as error:
            return self._fail(self._explain(error), getattr(error, "exit_code", 1))
        return 0

    def run(self) -> None:
        """Be `python -m SERVICE.cli`."""
        take_interrupts()
        raise SystemExit(self.main())

    def _explain(self, error: Exception) -> str:
        if isinstance(error, self._failures):
            return str(error)
        if isinstance(error, ServiceError):
            for problem in error.fields:
                sys.stderr.write(f"{problem.field}: {problem.message}\n")
            return error.message
        if isinstance(error, _UNUSABLE_DATABASE):
            return f"the database cannot be used: {error or type(error).__name__}"
        raise error

    def _fail(self, sentence: str, code: int) -> int:
        sys.stderr.write(f"{self._service}: {sentence}\n")
        return code
