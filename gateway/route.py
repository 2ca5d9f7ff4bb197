"""One method and path of the route table, and what holds for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from shared.access.tokens import Role

BODY_LIMIT = 128 * 1024
"""Bytes of a request's body, where a route says nothing else."""

BULK_LIMIT = 1024 * 1024
"""Bytes of a thousand changes of products; what may be longer is passed on while it comes."""

IMPORT_LIMIT = 64 * 1024 * 1024
"""Bytes of a file that is imported."""

IMPORT_TIMEOUT = 600.0
"""Seconds from the end of such a file to the response."""

PICTURE_LIMIT = 20 * 1024 * 1024
"""Bytes of a picture."""

PICTURE_TIMEOUT = 300.0
"""Seconds from the end of a picture to the response: others may be decoded first."""


class Access(Enum):
    """Who may pass."""

    OPEN = auto()
    PAGE = auto()
    """Everybody: the web service knows who asks by a cookie of its own."""
    BEFORE_PASSWORD_CHANGE = auto()
    SIGNED_IN = auto()


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path; `service` is the module of `gateway.routes` that has it."""

    method: str
    path: str
    service: str
    access: Access = Access.SIGNED_IN
    body_limit: int = BODY_LIMIT
    response_timeout: float | None = None
    """Seconds that the service may take, where the settings' do not do."""

    signs_in: bool = False
    """Tries a secret or sends an email, and so counts against a budget of its own."""

    hashes: bool = False
    """Makes the service hash a password, and so has a share of its connections only."""

    roles: frozenset[Role] = frozenset()
    """Roles of which one is needed, where that is checked here: before a body, not behind it."""

    verified: bool = True
    """With `roles`: whether the service wants a verified email, too."""

    cache: str = ""
    """The group of the response cache that serves GET and that anything else outdates.

    Only for routes whose whole access rule the reader's class and this table decide. Where the
    route is open everybody is of one class, anonymous, and the service learns only the target and
    one of our languages (see `gateway.anonymous`).
    """

    @property
    def streams(self) -> bool:
        """A body may be longer than what is kept until it is whole."""
        return self.body_limit > BULK_LIMIT


Methods = Mapping[str, Route]
"""The routes of one path by method."""
