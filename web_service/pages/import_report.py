"""What came of a file, or would come of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from web_service.errors import ApiRefused
from web_service.languages.formats import number
from web_service.pages.page import Page


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why a line of the file was refused; `line` is 0 for what is said of many."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """The counts of a file, and what is wrong with its lines."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: tuple[LineProblem, ...] = ()
    is_done: bool = False
    """Whether the good lines were imported; else nothing was."""
    was_refused: bool = False
    """Whether bad lines kept all from being imported."""

    @classmethod
    def of(cls, data: Mapping[str, Any], *, is_done: bool) -> Self:
        """Read what the API says of an import, or of a dry run."""
        counts = {name: data[name] for name in ("created", "changed", "unchanged", "refused")}
        problems = tuple(LineProblem(each["line"], each["message"]) for each in data["errors"])
        return cls(**counts, problems=problems, is_done=is_done)

    @classmethod
    def of_refusal(cls, refused: ApiRefused) -> Self:
        """Read an `import_refused`, whose fields are `line 17`, and `lines` for all others."""
        problems = []
        for problem in refused.fields:
            line = problem.field.removeprefix("line ")
            problems.append(LineProblem(int(line) if line.isdecimal() else 0, problem.message))
        return cls(refused=len(problems), problems=tuple(problems), was_refused=True)

    def sentence(self, page: Page) -> str:
        """Return what was done, in a sentence."""
        _ = page.gettext
        counts = {
            name: number(getattr(self, name), page.language)
            for name in ("created", "changed", "unchanged")
        }
        return (
            _("Imported: %(created)s new, %(changed)s changed, %(unchanged)s as before.") % counts
        )
