"""What `make run` writes, in a terminal and elsewhere."""

import io
import json
from datetime import UTC, datetime

import pytest

from standalone.printing import GUIDE, SYSTEM, JsonPrinter, Message, TerminalPrinter

ROUTINE = b"10:11:12 INFO    made a signing key\n"
WARNING = b"10:11:12 WARNING refresh token reused\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def message(name: str, data: str | bytes, colour: str | None = "36") -> Message:
    return Message(name, data, datetime(2026, 11, 29, 12, tzinfo=UTC), colour)


def test_before_the_table_only_what_is_no_routine_is_shown() -> None:
    printer = TerminalPrinter(output := io.StringIO())
    printer.width = 7
    printer.write(message(SYSTEM, "auth started (pid=1)\n"))
    printer.write(message("auth", ROUTINE))
    printer.write(message("auth", WARNING))
    assert output.getvalue() == ""
    printer.write(message(GUIDE, "\nready\n\n  table\n"))
    printer.write(message("gateway", ROUTINE))
    printer.write(message(SYSTEM, "SIGINT received\n"))
    assert output.getvalue().splitlines() == [
        f"auth    | {WARNING.decode().strip()}",
        "",
        "ready",
        "",
        "  table",
        f"gateway | {ROUTINE.decode().strip()}",
        "Stopping …",
    ]


def test_where_nothing_came_of_it_all_is_shown() -> None:
    printer = TerminalPrinter(output := io.StringIO())
    printer.write(message("auth", ROUTINE))
    printer.write(message("auth", "Traceback: words\n"))
    printer.show_all()
    assert len(output.getvalue().splitlines()) == 2


@pytest.mark.parametrize(("no_colour", "coloured"), [("", True), ("1", False)])
def test_names_have_colours_in_a_terminal_unless_they_are_not_wanted(
    monkeypatch: pytest.MonkeyPatch, no_colour: str, coloured: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", no_colour)
    printer = TerminalPrinter(output := Terminal())
    printer.show_all()
    printer.write(message("auth", ROUTINE))
    assert ("\033[36mauth |\033[0m" in output.getvalue()) is coloured


def test_elsewhere_each_line_is_json_and_words_for_people_are_not_among_them() -> None:
    printer = JsonPrinter(output := io.StringIO(), people := io.StringIO())
    printer.write(message("auth", b'{"level": "INFO", "message": "one"}\n'))
    printer.write(message("auth", b"Traceback (most recent call last):\n"))
    printer.write(message(SYSTEM, "auth started (pid=1)\n"))
    printer.write(message(GUIDE, "ready\n"))
    printer.show_all()
    first, second, third = map(json.loads, output.getvalue().splitlines())
    assert first == {"level": "INFO", "message": "one"}
    assert (second["level"], second["service"]) == ("ERROR", "auth")
    assert (third["level"], third["service"]) == ("INFO", "standalone")
    assert people.getvalue() == "ready\n"
