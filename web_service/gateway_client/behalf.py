"""For whom the web service asks: what the gateway and the services behind it may know."""

from dataclasses import dataclass
from typing import Final

ON_BEHALF_OF: Final = "Vitrina-On-Behalf-Of"


@dataclass(frozen=True, slots=True)
class Behalf:
    """The browser that a page is made for: address and scheme as the gateway has said them."""

    address: str
    scheme: str
    user_agent: str
    language: str
    request_id: str | None = None
    traceparent: str | None = None

    def fields(self, secret: str) -> dict[str, str]:
        """Return the header fields that say so to a gateway that shares `secret`."""
        said = {
            ON_BEHALF_OF: f"{secret} {self.address} {self.scheme}",
            "User-Agent": self.user_agent,
            "Accept-Language": self.language,
            "X-Request-Id": self.request_id,
            "traceparent": self.traceparent,
        }
        return {name: value for name, value in said.items() if value}
