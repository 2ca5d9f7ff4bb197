"""What was typed into a form, and what is wrong with it, beside the field and in a summary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Self
from urllib.parse import parse_qsl

from web_service.errors import ApiRefused, MalformedForm

MAX_FIELDS = 1000
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(slots=True)
class Form:
    """Values as they were typed, by the name of the field, and errors by the same name."""

    values: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    summary: list[str] = field(default_factory=list)

    @classmethod
    def parsed(cls, body: bytes) -> Self:
        """Read `application/x-www-form-urlencoded`; raises MalformedForm."""
        try:
            pairs = parse_qsl(
                body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"
            )
        except ValueError:
            raise MalformedForm from None
        return cls.of_pairs(pairs)

    @classmethod
    def of_pairs(cls, pairs: Sequence[tuple[str, str]]) -> Self:
        """Take names and values as a browser sends them; raises MalformedForm."""
        if len(pairs) > MAX_FIELDS or any("\0" in value for _, value in pairs):
            raise MalformedForm
        form = cls()
        for name, value in pairs:
            form.values.setdefault(name, []).append(value.replace("\r\n", "\n"))
        return form

    @classmethod
    def filled(cls, values: Mapping[str, object]) -> Self:
        """Begin with what there is; True is a ticked box, and a list is each of its values."""
        return cls({name: _typed(value) for name, value in values.items()})

    def text(self, name: str, default: str = "") -> str:
        """Return what was typed, without white space around it."""
        return self.raw(name, default).strip()

    def raw(self, name: str, default: str = "") -> str:
        """Return what was typed as it is: a password."""
        values = self.values.get(name)
        return values[0] if values else default

    def all(self, name: str) -> list[str]:
        """Return every value of what may be chosen several times."""
        return self.values.get(name, [])

    def is_checked(self, name: str) -> bool:
        """Tell whether a box is ticked."""
        return bool(self.values.get(name))

    def add_error(self, name: str, message: str) -> None:
        """Say what is wrong with a field."""
        self.errors.setdefault(name, []).append(message)

    def drop(self, *names: str) -> None:
        """Forget what was typed into some fields: passwords are never shown again."""
        for name in names:
            self.values.pop(name, None)

    def refuse(
        self,
        refused: ApiRefused,
        *,
        known: Sequence[str] = (),
        names: Mapping[str, str] = _NONE,
        about: Mapping[str, str] = _NONE,
    ) -> None:
        """Take over what the API says of fields, or of the whole.

        `names` gives a form's name for an API's field; one that is in neither `names` nor `known`
        is said in the summary. `about` names the field that an error without fields is about.
        """
        if not refused.fields and (name := about.get(refused.error or "")) is not None:
            self.add_error(name, refused.message)
            return
        for problem in refused.fields:
            name = names.get(problem.field, problem.field)
            if name in known or problem.field in names:
                self.add_error(name, problem.message)
            else:
                self.summary.append(problem.message)
        if not refused.fields:
            self.summary.append(refused.message)

    @property
    def is_wrong(self) -> bool:
        """Tell whether anything is wrong."""
        return bool(self.errors or self.summary)


def _typed(value: object) -> list[str]:
    if isinstance(value, bool):
        return ["on"] if value else []
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return ["" if value is None else str(value)]
