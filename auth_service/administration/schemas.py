"""What administrators ask for and change."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from auth_service.fields.contact import FullName, Phone
from auth_service.users.schemas import OwnLanguage, UserRead
from shared.access.tokens import Role
from shared.http.pagination import Page, PageParams
from shared.http.query_parameters import MaybeGiven
from shared.language.translation import DEFAULT_LANGUAGE
from shared.values.email_addresses import Email
from shared.values.schemas import OneLine, Schema
from shared.values.time_zones import UTC, TimeZone

MAX_SEARCH_LENGTH = 200
MAX_ROLE_LENGTH = 40
MAX_EXPECTED_ROLES = 20

Sort = Literal[
    "created_at", "-created_at", "full_name", "-full_name", "email", "-email", "phone", "-phone"
]


SearchText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_SEARCH_LENGTH),
    OneLine,
    Field(
        description="An email or phone in any spelling, or a part of a name, an email or a phone.",
        examples=["петров"],
        json_schema_extra={"pattern": "^\\s*[^\\x00-\\x1f\\x7f]*\\s*$"},
    ),
]


class UserQuery(PageParams):
    """Which users a list shows, and in which order; `-` sorts downwards."""

    q: MaybeGiven[SearchText] = None
    role: MaybeGiven[Role] = None
    is_active: MaybeGiven[bool] = None
    is_email_verified: MaybeGiven[bool] = None
    sort: Sort = "-created_at"

    @property
    def column(self) -> str:
        """What the list is sorted by."""
        return self.sort.removeprefix("-")

    @property
    def sorts_downwards(self) -> bool:
        """Whether the last of the column comes first."""
        return self.sort.startswith("-")


class UserChange(Schema):
    """What an administrator sets for another person; what is left out stays.

    Neither a password, which only its owner may choose, nor roles, which have a place of their own.
    """

    full_name: FullName = Field(default_factory=str)
    email: Email = Field(default_factory=str)
    phone: Phone = Field(default_factory=str)
    language: OwnLanguage = Field(default_factory=lambda: DEFAULT_LANGUAGE)
    time_zone: TimeZone = Field(default_factory=lambda: UTC)


BlockReason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    OneLine,
    Field(
        description="For the audit log; the person does not see it.", examples=["Sent advertising"]
    ),
]


class Blocking(Schema):
    """Why an account is closed."""

    reason: BlockReason | None = None


class RolesChange(Schema):
    """All the roles that a person is to have; `user` is always one of them."""

    roles: Annotated[list[Role], Field(max_length=len(Role))]
    expected_roles: Annotated[
        list[Annotated[str, Field(max_length=MAX_ROLE_LENGTH)]] | None,
        Field(
            max_length=MAX_EXPECTED_ROLES,
            description="The roles that the choice was made by: others by now are a 409.",
        ),
    ] = None

    def sorted_roles(self) -> list[str]:
        """Return each role once, in the order in which they are declared."""
        return [role.value for role in Role if role in {Role.USER, *self.roles}]


class UserPage(Page[UserRead]):
    """One page of users."""

    total_is_capped: bool = Field(
        description="True where a search finds more than `total`; only with `q`."
    )
