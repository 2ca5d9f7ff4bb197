"""What must not happen on any page: messages in the console, failures, requests to elsewhere."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Request, Response, WebError

_REFUSED: Final = re.compile(
    r"Failed to load resource: the server responded with a status of (\d+)"
)
_SERVER_ERROR: Final = 500
_ALWAYS_EXPECTED: Final = frozenset({422})
_OWN_SCHEMES: Final = frozenset({"data", "blob", "about"})


@dataclass
class Problems:
    """Collects them from a context of a browser, which belongs to the site of `url`.

    Chromium writes a line into the console for each response of 400 and above: those of `expected`
    are no problem. A breach of the content security policy is a line there, too.
    """

    url: str
    expected: set[int] = field(default_factory=lambda: {*_ALWAYS_EXPECTED})
    found: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Begin with a context that has no page yet."""
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)

    def begin(self) -> None:
        """Forget what was found, and what was expected, on the page before."""
        self.found, self.expected = [], {*_ALWAYS_EXPECTED}

    def check(self) -> None:
        """Fail with all that was found, and begin anew."""
        found, self.found = self.found, []
        assert found == [], "\n".join(found)

    def _console(self, message: ConsoleMessage) -> None:
        refused = _REFUSED.match(message.text)
        if refused is None or int(refused[1]) not in self.expected:
            where = message.location.get("url", "")
            self.found.append(f"console: {message.type}: {message.text} ({where})")

    def _error(self, error: WebError) -> None:
        self.found.append(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        asked, own = urlsplit(request.url), urlsplit(self.url)
        if asked.scheme not in _OWN_SCHEMES and asked.netloc != own.netloc:
            self.found.append(f"a request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= _SERVER_ERROR and response.status not in self.expected:
            self.found.append(f"{response.status}: {response.url}")
