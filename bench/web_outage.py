"""Times of pages that need no catalog, while the catalog is gone and many people want it.

Run as `python -m bench.web_outage`: the whole system as `make run` starts it, 200 people who look
at product pages, 200 who sign in, and beside them home, cabinet and profile at a constant rate,
whose times count from when they were due. Before and meanwhile take turns, and it ends by itself.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
import httpx2
import uvloop

from bench.harness.rows import Target, print_targets
from shared import tasks
from testing.background import BackgroundSystem
from testing.people import PASSWORD, Person, Shop

LOOKERS, SIGNING_IN = 200, 200
ACCOUNTS: Final = 10
"""Of those who look, and of those who sign in, which ends older sessions of an account."""
PAUSE: Final = 5.0
"""Seconds that one looks at a page before the next."""
ROUNDS, SECONDS, RATE = 3, 10, 20
"""Rounds, seconds of each, and requests a second for each of the pages that are measured."""
TIMES: Final = 2.0
"""Times that p99 may become."""
PRODUCTS, SIGN_IN = "/products/", "/users/login/"
_SAME_ORIGIN: Final = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}

Figures = dict[str, dict[str, float]]
"""Percentiles in milliseconds, by page."""


@dataclass
class Crowd:
    """Those who look at products and those who sign in; `seen` counts what they get."""

    url: str
    cookies: list[str]
    logins: list[str]
    seen: Counter[str] = field(default_factory=Counter)

    @asynccontextmanager
    async def there(self) -> AsyncIterator[None]:
        """Have all of them come and go within the context."""
        connector = aiohttp.TCPConnector(limit=0)
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as client:
            people = [asyncio.create_task(self._look(client, one)) for one in range(LOOKERS)]
            people += [asyncio.create_task(self._sign_in(client, one)) for one in range(SIGNING_IN)]
            await asyncio.sleep(PAUSE)
            try:
                yield
            finally:
                await tasks.end(*people)

    async def _look(self, client: aiohttp.ClientSession, number: int) -> None:
        fields = {**_SAME_ORIGIN, "Cookie": self.cookies[number % len(self.cookies)]}
        await asyncio.sleep(PAUSE * number / LOOKERS)
        while True:
            async with client.get(f"{self.url}{PRODUCTS}", headers=fields) as response:
                await response.read()
                self.seen[f"products {response.status}"] += 1
            await asyncio.sleep(PAUSE)

    async def _sign_in(self, client: aiohttp.ClientSession, number: int) -> None:
        form = {"login": self.logins[number % len(self.logins)], "password": PASSWORD}
        await asyncio.sleep(PAUSE * number / SIGNING_IN)
        while True:
            async with client.post(
                f"{self.url}{SIGN_IN}", data=form, headers=_SAME_ORIGIN, allow_redirects=False
            ) as response:
                await response.read()
                self.seen[f"sign-in {response.status}"] += 1
            await asyncio.sleep(PAUSE)


async def signed_in(url: str, login: str) -> str:
    """Return the cookie of somebody who has signed in on the page."""
    form = {"login": login, "password": PASSWORD}
    async with httpx2.AsyncClient(base_url=url, headers=_SAME_ORIGIN, timeout=60) as client:
        response = await client.post(SIGN_IN, data=form)
        return f"vitrina={response.cookies['vitrina']}"


async def people_of(system: BackgroundSystem) -> tuple[list[str], list[str], str]:
    """Register the crowd; return its cookies, its logins, and the id of the first, confirmed."""
    async with httpx2.AsyncClient(base_url=system.url, timeout=60) as client:
        shop, people = Shop(client), [Person() for _ in range(2 * ACCOUNTS)]
        for person in people:
            (await shop.register(person)).raise_for_status()
        first = people[0].email
        token = (await shop.sign_in(first)).raise_for_status().json()["access_token"]
        me = (await shop.get("/api/v1/users/me", token)).raise_for_status().json()
        code = {"code": await code_for(system, client, first)}
        (await shop.post("/api/v1/auth/email/verify", token, code)).raise_for_status()
    cookies = [await signed_in(system.url, person.email) for person in people[:ACCOUNTS]]
    return cookies, [person.email for person in people[ACCOUNTS:]], me["id"]


async def code_for(system: BackgroundSystem, client: httpx2.AsyncClient, address: str) -> str:
    """Return the code of the email that has come to `address`."""
    mailbox = f"{system.settings.url('auth')}/mailboxes/{address}/letters"
    async with asyncio.timeout(30):
        while True:
            if emails := (await client.get(mailbox)).json():
                break
            await asyncio.sleep(0.1)
    [code] = re.findall(r"\b[0-9]{6}\b", emails[0]["text"])
    return str(code)


async def times(url: str, pages: dict[str, str], cookie: Path) -> Figures:
    """Ask for all pages at a constant rate, concurrently; return percentiles of each."""

    async def ask(path: str) -> dict[str, float]:
        host, _, port = url.removeprefix("http://").partition(":")
        command = (sys.executable, "-m", "bench.harness.constant_rate", "--field", "cookie: ")
        process = await asyncio.create_subprocess_exec(
            *command, host, port, path, str(cookie), str(RATE), str(SECONDS),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            output, _ = await process.communicate()
        except asyncio.CancelledError:
            process.kill()
            raise
        if process.returncode:
            raise SystemExit(f"{path} was not a page")
        figures: dict[str, float] = json.loads(output)
        return figures

    found = await asyncio.gather(*map(ask, pages.values()))
    return dict(zip(pages, found, strict=True))


@contextmanager
def away(system: BackgroundSystem, how: str) -> Iterator[None]:
    """Have the catalog be killed, or hang, and come back."""
    if how == "killed":
        system.kill("catalog")
    else:
        system.process("catalog").suspend()
    try:
        yield
    finally:
        if how == "killed":
            system.start_service("catalog")
        else:
            system.process("catalog").resume()


async def measure(system: BackgroundSystem, folder: Path) -> list[Target]:
    """Print times before and meanwhile, for each outage; return what was promised of them."""
    cookies, logins, person = await people_of(system)
    pages = {"home": "/", "cabinet": "/recipients/", "profile": f"/users/{person}/"}
    cookie = folder / "cookie"
    cookie.write_text(f"{cookies[0]}\n")
    crowd, targets = Crowd(system.url, cookies, logins), []
    quiet = await times(system.url, pages, cookie)
    print("| the catalog | page | p50 quiet / before / meanwhile, ms | p99 |\n|---|---|---|---|")
    async with crowd.there():
        for how in ("killed", "hangs"):
            before: list[Figures] = []
            meanwhile: list[Figures] = []
            for _ in range(ROUNDS):
                before.append(await times(system.url, pages, cookie))
                with away(system, how):
                    meanwhile.append(await times(system.url, pages, cookie))
                await asyncio.to_thread(system.wait_until_ready)
                await asyncio.sleep(PAUSE)
            targets += [compared(how, page, quiet, before, meanwhile) for page in pages]
    print(f"\nAll the while the crowd saw {dict(sorted(crowd.seen.items()))}.\n")
    return targets


def compared(
    how: str, page: str, quiet: Figures, before: list[Figures], meanwhile: list[Figures]
) -> Target:
    """Print a row, and return whether its promise is kept."""
    p50, p99 = (
        [
            quiet[page][name],
            *(statistics.median(each[page][name] for each in of) for of in (before, meanwhile)),
        ]
        for name in ("p50", "p99")
    )
    columns = (" / ".join(f"{each:.1f}" for each in figures) for figures in (p50, p99))
    print(f"| {how} | {page} | {' | '.join(columns)} |", flush=True)
    ratio = p99[2] / p99[1]
    return Target(f"p99 of {page}, catalog {how}", "< 2×", f"{ratio:.2f}×", met=ratio < TIMES)


def main() -> None:
    """Start everything, measure, end everything."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chmod(folder, 0o755)  # noqa: PTH101 - PostgreSQL runs as somebody else
        with BackgroundSystem(folder / "data") as system:
            targets = uvloop.run(measure(system, folder))
    print(f"{LOOKERS} look at products, {SIGNING_IN} sign in, each every {PAUSE:g} s at most;")
    print(f"medians of {ROUNDS} rounds of {SECONDS} s, {RATE} requests/s for each page.\n")
    print_targets(targets)


if __name__ == "__main__":
    main()
