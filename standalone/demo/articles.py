"""Articles with covers, which are drawn here, in both languages; and a draft."""

import io
from typing import Final, NamedTuple

from PIL import Image, ImageDraw

from standalone.demo.client import Client
from standalone.demo.people import WRITER

_SIZE: Final = (1600, 900)
_LIGHT: Final = (246, 241, 229)


class Article(NamedTuple):
    """What is written, and the colour of its cover."""

    title: str
    body: str
    language: str
    alt: str
    colour: tuple[int, int, int]


ARTICLES: Final = (
    Article(
        "How to brew green tea",
        "Water first: **80 °C**, never boiling.\n\n"
        "1. Warm the pot\n2. Three grams a cup\n3. Wait two minutes\n\n"
        "> The second cup is the best one.",
        "en",
        "A green cup with steam above it",
        (42, 110, 82),
    ),
    Article(
        "Three teas for a cold evening",
        "Smoky, spiced, or with jam: what we drink when it snows.\n\n"
        "## Smoky\n\nLapsang souchong.\n\n## Spiced\n\nWith cardamom and orange.",
        "en",
        "A dark red cup with steam above it",
        (122, 44, 40),
    ),
    Article(
        "Как ставить самовар",
        "Сначала **вода**, потом угли.\n\n"
        "1. Налить воды\n2. Положить щепки\n3. Надеть трубу\n\nЧерез полчаса он запоёт.",
        "ru",
        "Медного цвета чашка, над ней пар",
        (160, 102, 38),
    ),
    Article(
        "Чай с вареньем: пять правил",
        "Варенье **рядом** с чаем, а не в нём. Остальные четыре правила — о том же.",
        "ru",
        "Лиловая чашка, над ней пар",
        (98, 62, 118),
    ),
)
_DRAFT: Final = {"title": "Что мы привезём весной", "body": "Пока секрет.", "language": "ru"}


def write(client: Client) -> None:
    """Publish the articles, and begin one more."""
    for article in ARTICLES:
        text = {"title": article.title, "body": article.body, "language": article.language}
        draft = client.ask(WRITER, "POST", "/drafts", text)["id"]
        client.send_picture(WRITER, f"/drafts/{draft}/cover", cover(article), alt=article.alt)
        client.ask(WRITER, "POST", f"/drafts/{draft}/publish")
    client.ask(WRITER, "POST", "/drafts", _DRAFT)


def cover(article: Article) -> bytes:
    """Draw a cup on its saucer, as a JPEG."""
    picture = Image.new("RGB", _SIZE, _LIGHT)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 640, *_SIZE), fill=tuple(value // 2 + 90 for value in article.colour))
    draw.ellipse((470, 650, 1130, 760), fill=_LIGHT)
    draw.arc((930, 390, 1150, 590), -80, 95, fill=article.colour, width=34)
    draw.pieslice((540, 60, 1040, 720), 0, 180, fill=article.colour)
    for left in (650, 760, 870):
        draw.arc((left, 200, left + 60, 290), 90, 270, fill=(190, 182, 166), width=10)
        draw.arc((left - 60, 115, left, 205), -90, 90, fill=(190, 182, 166), width=10)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=90)
    return content.getvalue()
