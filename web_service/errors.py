"""What ends a page before it is made; `web_service.pages.failures` shows each as a page.

What the API refuses is an `ApiRefused`, with what it said.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What the API says of one field; `field` is the API's name, as `lines.0.quantity`."""

    field: str
    message: str


class PageFailure(Exception):
    """Something ends this page."""

    status = 500


class HttpFailure(PageFailure):
    """What the router says: no such address, or not with this method."""

    def __init__(self, status: int) -> None:
        """Take its status."""
        super().__init__(status)
        self.status = status


class PageNotFound(PageFailure):
    """There is no such page, or not for this person."""

    status = 404


class NotAllowed(PageFailure):
    """The role of this person does not allow this page."""

    status = 403


class ForeignForm(PageFailure):
    """A form of another site, or of nobody knows which, was sent here."""

    status = 403


class MalformedForm(PageFailure):
    """What was sent is no form."""

    status = 400


class FormTooLarge(PageFailure):
    """The form has more than it may."""

    status = 413


class SignInFirst(PageFailure):
    """Nobody is signed in, or the session has ended."""

    status = 401


class ApiRefused(PageFailure):
    """The API has refused a call: with a status of 4xx, or 507 as there is no room for what came.

    `message` is in the reader's language.
    """

    def __init__(
        self,
        status: int,
        error: str | None,
        message: str,
        fields: Sequence[FieldProblem] = (),
        retry_after: int | None = None,
    ) -> None:
        """Take what the one error shape says; `retry_after` is in seconds."""
        super().__init__(status, error)
        self.status = status
        self.error = error
        self.message = message
        self.fields = tuple(fields)
        self.retry_after = retry_after


class ApiUnavailable(PageFailure):
    """A service did not do what it was asked: it is away, too slow, or broken.

    With `outcome_unknown` it may have done it.
    """

    status = 503

    def __init__(self, service: str, *, outcome_unknown: bool, retry_after: int = 3) -> None:
        """Name the service, as `catalog`."""
        super().__init__(service)
        self.service = service
        self.outcome_unknown = outcome_unknown
        self.retry_after = retry_after
