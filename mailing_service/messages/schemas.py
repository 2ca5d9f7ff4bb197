"""What a message looks like from outside, and what is said of one."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, Strict, StringConstraints
from pydantic_core import PydanticCustomError

from mailing_service.bounds import BODY_LENGTH, PREHEADER_LENGTH, SUBJECT_LENGTH
from mailing_service.models.deliveries import DeliveryState
from mailing_service.models.messages import Message
from shared.cursor_pages import ListPage, ListQuery
from shared.language.translation import DEFAULT_LANGUAGE, Language
from shared.values.schemas import MAX_SAFE_INTEGER, Int32, OneLine, Schema, UtcDatetime
from shared.values.visible import is_bidi_control

_ALLOWED_CONTROLS = "\n\t"


def plain_lines(value: str) -> str:
    """Return the text with line feeds alone between its lines."""
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    for character in text:
        if is_bidi_control(character) or (
            not character.isprintable()
            and character not in _ALLOWED_CONTROLS
            and (character < " " or "\x7f" <= character < "\xa0")
        ):
            raise PydanticCustomError("control_character", "Control characters are not allowed")
    return text


Subject = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=SUBJECT_LENGTH),
    OneLine,
    Field(examples=["{{full_name|friend}}, tea from the new harvest is here"]),
]
UnfinishedSubject = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=SUBJECT_LENGTH), OneLine
]
Preheader = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=PREHEADER_LENGTH),
    OneLine,
    Field(examples=["Three sorts, until Sunday"], description="What inboxes show of the email."),
]
Body = Annotated[
    str,
    StringConstraints(min_length=1, max_length=BODY_LENGTH),
    AfterValidator(plain_lines),
    Field(
        examples=["Hello {{full_name|friend}},\n\nlook at [our shop](https://example.com/tea)."],
        description="Markdown. `{{name}}` stands for a value of the recipient, `{{name|default}}`"
        " has a default; HTML is shown as text.",
    ),
]
MessageLanguage = Annotated[
    Language, Field(description="The language of what the service adds: the line to unsubscribe.")
]


class MessageCreate(Schema):
    """A message to be written."""

    subject: Subject
    preheader: Preheader = ""
    body: Body
    language: MessageLanguage = DEFAULT_LANGUAGE


class MessageUpdate(Schema):
    """What changes; what is left out stays."""

    subject: Subject = Field(default_factory=str)
    preheader: Preheader = Field(default_factory=str)
    body: Body = Field(default_factory=str)
    language: MessageLanguage = Field(default=DEFAULT_LANGUAGE)


class MessageSummary(Schema):
    """A message as lists show it."""

    id: int = Field(examples=[17])
    subject: str
    preheader: str
    language: Language
    revision: Int32 = Field(description="Rises with every change.")
    created_at: UtcDatetime
    updated_at: UtcDatetime


class MessageRead(MessageSummary):
    """A whole message."""

    body: str
    fields: list[str] = Field(
        examples=[["full_name"]], description="The fields in it, in alphabetical order."
    )

    @classmethod
    def of(cls, message: Message, fields: list[str]) -> Self:
        """Show a message."""
        row = {name: getattr(message, name) for name in cls.model_fields if name != "fields"}
        return cls(**row, fields=fields)


class MessageQuery(ListQuery):
    """Which messages a list shows."""


class MessagePage(ListPage[MessageSummary]):
    """One page of your messages, the newest first."""


PreviewedFor = Annotated[
    int | None,
    Strict(),
    Field(
        ge=1,
        le=MAX_SAFE_INTEGER,
        description="One of your recipients; without it, values are your own.",
    ),
]


class PreviewRequest(MessageUpdate):
    """For whom a message is previewed, and changes that are not stored."""

    recipient_id: PreviewedFor = None


class UnsavedPreviewRequest(MessageCreate):
    """A message that is not stored, and for whom it is previewed; it needs no subject yet."""

    subject: UnfinishedSubject = ""
    recipient_id: PreviewedFor = None


class PreviewWarning(Schema):
    """What people will not like about an email."""

    warning: str = Field(examples=["email_too_large"], description="A stable name for a program.")
    message: str


class Preview(Schema):
    """An email as one recipient gets it; show `html` in a sandboxed frame only."""

    subject: str
    html: str
    text: str
    size: int = Field(description="Bytes of the HTML part.")
    missing_fields: list[str] = Field(
        description="Fields that this recipient has no value of, and that have no default."
    )
    warnings: list[PreviewWarning]


class MessageTestRead(Schema):
    """A test email, and what became of it."""

    id: int = Field(examples=[17])
    email: str = Field(examples=["anna@example.com"], description="Your verified address.")
    state: DeliveryState
    code: int | None = Field(description="The mail server's last reply code.")
    response: str | None = Field(
        examples=["2.0.0 Ok: queued"], description="What the mail server said last."
    )
    created_at: UtcDatetime
    expires_at: UtcDatetime = Field(description="It is not sent later than this.")
