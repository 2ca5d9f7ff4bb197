"""What a password must be like, as sentences that name each broken rule."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from auth_service.passwords.common import ADD_WORDS, TOO_EASY, Known, is_common, objections
from shared.errors import FieldProblem, UnprocessableEntity
from shared.language.translation import Sentence
from shared.values.schemas import Schema

MIN_LENGTH = 8
MAX_LENGTH = 128
SPECIAL_CHARACTERS = "$%&!:"
EXAMPLE = "Open:Sesame1"

_PRINTABLE_ASCII = range(0x20, 0x7F)


def broken_rules(password: str) -> list[str]:
    """Return a sentence for each rule that `password` breaks."""
    rules: dict[str, bool] = {
        Sentence("Must have {least} to {most} characters", least=MIN_LENGTH, most=MAX_LENGTH): (
            MIN_LENGTH <= len(password) <= MAX_LENGTH
        ),
        Sentence("Must consist of printable ASCII characters"): (
            all(ord(character) in _PRINTABLE_ASCII for character in password)
        ),
        Sentence("Must have an upper-case letter"): any(
            "A" <= character <= "Z" for character in password
        ),
        Sentence("Must have one of {characters}", characters=SPECIAL_CHARACTERS): (
            any(character in SPECIAL_CHARACTERS for character in password)
        ),
        TOO_EASY: len(password) > MAX_LENGTH or not is_common(password),
    }
    broken = [sentence for sentence, is_kept in rules.items() if not is_kept]
    return [*broken, ADD_WORDS] if TOO_EASY in broken else broken


async def refuse_guessable(
    password: str, *, full_name: str, email: str | None, phone: str | None
) -> None:
    """Raise UnprocessableEntity, with advice, where it takes few guesses to find the password.

    What is known of its owner counts as a guess.
    """
    known = Known(full_name, email or "", phone or "")
    if found := await asyncio.to_thread(objections, password, known):
        raise UnprocessableEntity([FieldProblem("password", sentence) for sentence in found])


def _refuse_weak(password: str) -> str:
    if broken := broken_rules(password):
        raise PydanticCustomError("password_rules", "Breaks the password rules", {"rules": broken})
    return password


Password = Annotated[
    str,
    AfterValidator(_refuse_weak),
    Field(
        examples=[EXAMPLE],
        description=(
            f"{MIN_LENGTH} to {MAX_LENGTH} printable ASCII characters, at least one upper-case "
            f"letter and one of {SPECIAL_CHARACTERS}; no common password, nothing made of the "
            "owner's name, email or phone, and nothing that takes few guesses"
        ),
        json_schema_extra={
            "minLength": MIN_LENGTH,
            "maxLength": MAX_LENGTH,
            "pattern": f"^(?=.*[A-Z])(?=.*[{SPECIAL_CHARACTERS}])[ -~]*$",
            "format": "password",
        },
    ),
]


class NewPassword(Schema):
    """A password and its repetition; that they differ is reported beside everything else."""

    password: Password
    password_confirmation: Annotated[str, Field(examples=[EXAMPLE])]

    @classmethod
    def _mistakes(cls, data: dict[str, Any]) -> Iterator[InitErrorDetails]:
        """Name what is wrong between two fields, whatever is wrong with each of them."""
        first, second = data.get("password"), data.get("password_confirmation")
        if isinstance(first, str) and isinstance(second, str) and first != second:
            yield mistake("password_confirmation", Sentence("Must repeat the password"))

    @model_validator(mode="wrap")
    @classmethod
    def _compare(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        mistakes = list(cls._mistakes(data)) if isinstance(data, dict) else []
        try:
            valid = handler(data)
        except ValidationError as error:
            mistakes = [*_details(error), *mistakes]
            raise ValidationError.from_exception_data(cls.__name__, mistakes) from None
        if mistakes:
            raise ValidationError.from_exception_data(cls.__name__, mistakes)
        return valid


def mistake(field: str, message: str) -> InitErrorDetails:
    """Return that `field` breaks a rule that only the whole shows."""
    return {
        "type": PydanticCustomError("password", "{reason}", {"reason": message}),
        "loc": (field,),
        "input": None,
    }


def _details(error: ValidationError) -> list[InitErrorDetails]:
    """Return the mistakes of `error` in the form in which they can be raised again."""
    return [
        {
            "type": PydanticCustomError(mistake["type"], mistake["msg"], mistake.get("ctx")),
            "loc": mistake["loc"],
            "input": None,
        }
        for mistake in error.errors(include_url=False, include_input=False)
    ]
