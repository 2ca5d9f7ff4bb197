"""Read what a page was sent: a form, or a form with a file that streams by."""

from collections.abc import AsyncIterator
from typing import Final, Self

from starlette.requests import Request

from web_service.errors import FormTooLarge, MalformedForm, PageFailure
from web_service.pages.forms import Form
from web_service.pages.multipart import MEDIA_TYPE, Part, PartEvent, body_of, read_parts

MAX_FORM: Final = 128 * 1024
"""Bytes, as at the gateway."""
_URL_ENCODED: Final = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> Form:
    """Return the form, in either of the two ways to write one; files in it are passed over.

    Long texts come as multipart/form-data, which take Cyrillic as it is: two bytes a sign, not six.
    Raises MalformedForm and FormTooLarge.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _URL_ENCODED:
        body = bytearray()
        async for piece in body_of(request):
            body += piece
            if len(body) > MAX_FORM:
                raise FormTooLarge
        return Form.parsed(bytes(body))
    if kind == MEDIA_TYPE:
        fields = _Fields()
        async for event in read_parts(request):
            fields.take(event)
        return fields.finished()
    raise MalformedForm


class Upload:
    """A form with one file, which stands behind the fields; it is read once, as it comes."""

    def __init__(
        self, form: Form, filename: str, rest: AsyncIterator[PartEvent], *, most: int
    ) -> None:
        """Take the fields, and the parts from the file's content on."""
        self.form = form
        self.filename = filename
        self.failure: PageFailure | None = None
        """What ended the content early, though it was read by somebody else."""
        self._rest = rest
        self._most = most

    @classmethod
    async def begun(cls, request: Request, name: str, *, most: int) -> Self:
        """Read up to the content of the file `name`, of at most `most` bytes.

        Raises MalformedForm and FormTooLarge. Without a file its name is empty.
        """
        parts = read_parts(request)
        fields = _Fields()
        async for event in parts:
            if isinstance(event, Part) and event.filename is not None and event.name == name:
                return cls(fields.finished(), event.filename, parts, most=most)
            fields.take(event)
        return cls(fields.finished(), "", parts, most=most)

    async def content(self) -> AsyncIterator[bytes]:
        """Give the file piece by piece; ends only where the whole form has come.

        Raises MalformedForm and FormTooLarge, which `failure` is then.
        """
        try:
            async for piece in self._content():
                yield piece
        except PageFailure as failure:
            self.failure = failure
            raise

    async def _content(self) -> AsyncIterator[bytes]:
        size = 0
        is_over = False
        async for event in self._rest:
            if isinstance(event, Part):
                is_over = True
            elif not is_over:
                size += len(event)
                if size > self._most:
                    raise FormTooLarge
                yield event


class _Fields:
    """Collects the fields of multipart/form-data."""

    def __init__(self) -> None:
        self._pairs: list[tuple[str, bytearray]] = []
        self._is_file = True
        self._size = 0

    def take(self, event: PartEvent) -> None:
        """Take a part's beginning or content; raises FormTooLarge."""
        if isinstance(event, Part):
            self._size += len(event.name)
            self._is_file = event.filename is not None
            if not self._is_file:
                self._pairs.append((event.name, bytearray()))
        else:
            self._size += len(event)
            if not self._is_file:
                self._pairs[-1][1].extend(event)
        if self._size > MAX_FORM:
            raise FormTooLarge

    def finished(self) -> Form:
        """Return the form; raises MalformedForm."""
        try:
            return Form.of_pairs([(name, value.decode()) for name, value in self._pairs])
        except ValueError:
            raise MalformedForm from None
