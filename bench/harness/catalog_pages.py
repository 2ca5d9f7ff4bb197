"""Pages of our list: where they are, and how long one client waits for them."""

import http.client
import json
import statistics
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bench.harness.rows import Target, at_most
from bench.peers.running import Running
from testing.catalog_filling import COMMON, RARE

LIST = "/api/v1/products"
MAX_PAGE_NUMBER = 40_000


@dataclass(frozen=True, slots=True)
class Places:
    """Targets in the list, and the ETag of its first page."""

    middle: str
    last: str
    deep_page: int
    etag: str


class Client:
    """One connection that is kept."""

    def __init__(self, peer: Running, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", peer.port)
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, target: str) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask once."""
        self._connection.request("GET", target, headers=self._headers)
        response = self._connection.getresponse()
        return response, response.read()

    def page(self, **query: Any) -> dict[str, Any]:
        """Return a page of the list."""
        response, body = self.get(f"{LIST}?{urlencode(query)}")
        if response.status != 200:
            raise SystemExit(f"{query}: {body!r}")
        page: dict[str, Any] = json.loads(body)
        return page


def find_places(peer: Running, token: str) -> Places:
    """Look through the list for its middle and its end."""
    client = Client(peer, token)
    response, body = client.get(LIST)
    pages = json.loads(body)["pages"]

    def behind(number: int) -> str:
        return f"{LIST}?{urlencode({'cursor': client.page(page=number)['next_cursor']})}"

    etag = response.headers["ETag"] or ""
    deep = min(MAX_PAGE_NUMBER, pages)
    return Places(behind(pages // 2), behind(pages - 2), deep, etag)


def latencies(peer: Running, places: Places, token: str, *, tries: int) -> list[Target]:
    """Return how long one client waits for each page, in the median of `tries`."""
    client = Client(peer, token)

    def median(target: str, tries: int = tries) -> float:
        times = []
        for _ in range(tries):
            began = time.perf_counter()
            client.get(target)
            times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times)

    ends = [median(target) for target in (LIST, places.middle, places.last)]
    names = ("first page", "middle page by cursor", "last page by cursor")
    deep = f"page={places.deep_page}"
    return [
        *(at_most(name, time, 5, "ms") for name, time in zip(names, ends, strict=True)),
        at_most("slowest of the three to the fastest", max(ends) / min(ends), 1.2, "times"),
        at_most(deep, median(f"{LIST}?{deep}", 10), 100, "ms"),
        at_most(
            "search of a word of a tenth", median(f"{LIST}?{urlencode({'q': COMMON})}"), 20, "ms"
        ),
        at_most("search of a rare word", median(f"{LIST}?{urlencode({'q': RARE})}"), 10, "ms"),
    ]
