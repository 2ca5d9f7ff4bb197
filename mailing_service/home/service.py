"""The home page, put together."""

from collections.abc import Iterable
from typing import NamedTuple

from mailing_service.blog import revision
from mailing_service.blog.articles.schemas import ArticleSummary
from mailing_service.home.counters import HomeCounters
from mailing_service.home.drawing import draw
from mailing_service.home.etags import HomeTag
from mailing_service.home.schemas import Home
from shared.language.translation import Language


class HomeAnswer(NamedTuple):
    """A body, or none where the reader has what `etag` stands for."""

    etag: str
    body: bytes | None


async def show_home(
    language: Language, *, tags: Iterable[str], counters: HomeCounters
) -> HomeAnswer:
    """Return the home page in a language, to who has the answers that `tags` stand for."""
    current = await revision.current()  # before anything that it stands for
    counts = await counters.read(current)
    tag = HomeTag(current, counts, language)
    known = tag.still_good(tags)
    if known is not None:
        return HomeAnswer(known, None)
    articles = [ArticleSummary(**ArticleSummary.row(row)) for row in await draw(language)]
    body = Home(**counts._asdict(), articles=articles).model_dump_json().encode()
    return HomeAnswer(tag.of(body), body)
