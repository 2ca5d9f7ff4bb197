"""What is said of an article, and by what it is searched for."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from mailing_service.blog.slugs import slug_of
from mailing_service.bounds import (
    BODY_LENGTH,
    COVER_ALT_LENGTH,
    EXCERPT_LENGTH,
    FULL_NAME_LENGTH,
    TITLE_LENGTH,
)
from mailing_service.messages.schemas import plain_lines
from shared.http.query_parameters import MaybeGiven
from shared.language.translation import Language
from shared.values.schemas import OneLine
from shared.values.words import words

MAX_SEARCH = 100


def _require_a_slug(text: str) -> str:
    if not slug_of(text):
        raise PydanticCustomError("no_words", "Must have a letter or a digit")
    return text


def _require_words(text: str) -> str:
    if not words(text):
        raise PydanticCustomError("no_words", "Must have a letter or a digit")
    return text


Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_LENGTH),
    OneLine,
    Field(examples=["How to brew green tea"]),
]
WantedSlug = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_LENGTH),
    OneLine,
    AfterValidator(_require_a_slug),
    Field(
        examples=["how-to-brew-green-tea"],
        description="What the address is made of: words become Latin ones, everything else a"
        " hyphen. Where another article has or had it, a number comes behind: `-2`.",
    ),
]
Body = Annotated[
    str,
    StringConstraints(min_length=1, max_length=BODY_LENGTH),
    AfterValidator(plain_lines),
    Field(
        examples=["Water of **80 °C**, three minutes."],
        description="Markdown. HTML in it is shown as text; links lead to https, http, mailto or"
        " tel, pictures to https.",
    ),
]
Excerpt = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=EXCERPT_LENGTH),
    OneLine,
    Field(description="What lists show; without one it is the beginning of the text."),
]
ArticleLanguage = Annotated[Language, Field(description="The language that it is written in.")]
Author = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=FULL_NAME_LENGTH),
    OneLine,
    Field(examples=["Anna Petrova"], description="The name that readers see; it may be empty."),
]
CoverAlt = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=COVER_ALT_LENGTH),
    OneLine,
    Field(
        examples=["A cup of green tea on a window sill"],
        description="What stands for the picture where it is not seen.",
    ),
]
ChangedCoverAlt = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=COVER_ALT_LENGTH),
    OneLine,
    Field(
        examples=["A cup of green tea on a window sill"],
        description="What stands for the cover that is there: with one it is not empty, without"
        " one it is.",
    ),
]
Search = Annotated[
    MaybeGiven[
        Annotated[
            str,
            StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_SEARCH),
            OneLine,
            AfterValidator(_require_words),
        ]
    ],
    Field(
        examples=["чай"],
        description="Words of title, excerpt and text: in any Russian or English form, or how they"
        " begin.",
    ),
]
OfLanguage = Annotated[MaybeGiven[Language], Field(description="Only those in this language.")]
