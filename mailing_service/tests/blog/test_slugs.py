"""Slugs: made of titles, one for each article for good."""

import pytest

from mailing_service.blog.slugs import RESERVED, free_slug, slug_of
from mailing_service.models.articles import ArticleSlug
from mailing_service.tests.blog.writing import add_article


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Щука и ёж", "shchuka-i-ezh"),
        ("How to brew: 5 steps!", "how-to-brew-5-steps"),
        ("&#99999999999999999999; &amp; &lt;", "99999999999999999999-amp-lt"),
        ("a/../b", "a-b"),
        ("🎉🎉", ""),
        ("茶", "cha"),
        ("   ", ""),
        ("x" * 300, "x" * 80),
        ("word " * 60, "-".join(["word"] * 16)),
    ],
)
def test_a_text_has_a_slug_in_latin_script(text: str, slug: str) -> None:
    assert slug_of(text) == slug


@pytest.mark.usefixtures("app", "empty_tables")
async def test_what_is_taken_gets_a_number() -> None:
    tea = await add_article("tea")
    assert await free_slug("coffee") == "coffee"
    assert await free_slug("tea") == "tea-2"
    assert await free_slug("tea", own=tea.id) == "tea"
    for slug in RESERVED:
        assert await free_slug(slug) == f"{slug}-2"


@pytest.mark.usefixtures("app", "empty_tables")
async def test_a_title_that_many_have_gets_something_random() -> None:
    tea = await add_article("tea")
    taken = [ArticleSlug(slug=f"tea-{number}", article_id=tea.id) for number in range(2, 60)]
    await ArticleSlug.bulk_create(taken)
    first, second = await free_slug("tea"), await free_slug("tea")
    assert first != second
    assert first.startswith("tea-")
