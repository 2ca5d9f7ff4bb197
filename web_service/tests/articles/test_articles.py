"""Articles as pages: open to everybody, and what is written in them is never our page's."""

import json
import re
from typing import Any

import httpx2
import pytest

from web_service.articles.bodies import shown_body
from web_service.tests.accounts import ME, heading_of, text_of
from web_service.tests.conftest import SignIn
from web_service.tests.fake_gateway import FakeGateway

API = "/api/v1/articles"
PICTURE = f"/api/v1/pictures/{'a' * 32}-1600x900-480.webp"
TEA = {
    "slug": "tea",
    "title": "Tea <b>",
    "excerpt": 'Of the "new" harvest',
    "language": "ru",
    "author": "Anna </script>",
    "cover": {"alt": "A cup", "sources": [{"url": PICTURE, "width": 480, "height": 270}]},
    "published_at": "2026-11-30T08:00:00Z",
    "updated_at": "2026-11-30T09:00:00Z",
}
PUBLIC = "http://localhost:8000"


def listed(*articles: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "items": list(articles),
        "total": len(articles),
        "total_is_capped": False,
        "page": 1,
        "size": 20,
        "pages": 1,
        "next_cursor": None,
        **changes,
    }


async def test_the_list_shows_what_is_published(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.on("GET", API, listed(TEA))
    page = await browser.get("/articles/")
    assert (page.status_code, heading_of(page)) == (200, "Articles")
    assert 'href="/articles/tea/"' in page.text
    assert "Tea <b>" not in page.text
    assert "1 article" in text_of(page)
    assert f'<link rel="canonical" href="{PUBLIC}/articles/">' in page.text
    assert 'type="application/atom+xml"' in page.text
    assert f'src="{PICTURE}" alt="A cup"' in page.text
    [call] = gateway.asked("GET", API)
    assert "authorization" not in call.headers


async def test_a_search_is_asked_for_and_in_no_index(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.on("GET", API, listed())
    page = await browser.get("/articles/?q=green%20tea&language=ru&page=3")
    assert gateway.asked("GET", API)[0].query == {"q": "green tea", "language": "ru", "page": "3"}
    assert "No article is like this" in text_of(page)
    assert 'content="noindex, follow"' in page.text
    assert "canonical" not in page.text


@pytest.mark.parametrize("query", ["?language=de", "?q=***", "?page=-1", "?cursor=%00", "?x=1"])
async def test_what_makes_no_sense_is_left_out(
    browser: httpx2.AsyncClient, gateway: FakeGateway, query: str
) -> None:
    gateway.on("GET", API, listed())
    page = await browser.get(f"/articles/{query}")
    assert "Nothing to read yet" in text_of(page)
    assert gateway.asked("GET", API)[0].query == {"page": "1"}


async def test_a_page_behind_the_last_leads_to_it(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.on("GET", API, listed(page=9, total=30, pages=2))
    page = await browser.get("/articles/?page=9")
    assert (page.status_code, page.headers["location"]) == (303, "/articles/?page=2")


async def test_an_article_is_shown_with_what_engines_read_of_it(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.on("GET", f"{API}/tea", {**TEA, "html": "<h1>Water</h1><p>Hot {{ 7*7 }}</p>"})
    page = await browser.get("/articles/tea/")
    assert (page.status_code, heading_of(page)) == (200, "Tea <b>")
    assert "<h2>Water</h2><p>Hot {{ 7*7 }}</p>" in page.text
    assert page.text.count("<h1") == 1
    assert f'<link rel="canonical" href="{PUBLIC}/articles/tea/">' in page.text
    for name, content in {
        "og:title": "Tea &lt;b&gt;",
        "og:description": "Of the &#34;new&#34; harvest",
        "og:url": f"{PUBLIC}/articles/tea/",
        "og:image": PUBLIC + PICTURE,
        "article:published_time": "2026-11-30T08:00:00Z",
    }.items():
        assert f'<meta property="{name}" content="{content}">' in page.text
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.S)
    said = json.loads(data)
    assert (said["@type"], said["headline"]) == ("Article", "Tea <b>")
    assert said["author"] == {"@type": "Person", "name": "Anna </script>"}
    assert said["image"] == PUBLIC + PICTURE


async def test_an_article_of_nobody_is_the_shops(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    article = {**TEA, "author": "", "cover": None, "html": "<p>x</p>"}
    gateway.on("GET", f"{API}/tea", article)
    text = (await browser.get("/articles/tea/")).text
    assert '"author": {"@type": "Organization", "name": "Vitrina"' in text
    assert "og:image" not in text


async def test_below_an_article_are_its_neighbours(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    article = {
        **TEA,
        "html": "<p>x</p>",
        "previous": {"slug": "cups", "title": "Cups <b>"},
        "next": {"slug": "kettles", "title": "Kettles"},
    }
    gateway.on("GET", f"{API}/tea", article)
    page = await browser.get("/articles/tea/", headers={"accept-language": "ru"})
    assert '<a rel="prev" href="/articles/cups/">' in page.text
    assert '<a rel="next" href="/articles/kettles/">' in page.text
    assert "← Предыдущая статья Cups <b>" in " ".join(text_of(page).split())
    assert "Cups <b>" not in page.text
    assert gateway.asked("GET", f"{API}/tea")[0].headers["accept-language"] == "ru"


@pytest.mark.parametrize(
    ("said", "links"),
    [
        ({"previous": None, "next": {"slug": "kettles", "title": "Kettles"}}, 1),
        ({"previous": {"slug": "cups", "title": "Cups"}, "next": None}, 1),
        ({"previous": None, "next": None}, 0),
        ({}, 0),  # a service of the version before
    ],
)
async def test_the_first_and_the_last_have_one_neighbour(
    browser: httpx2.AsyncClient, gateway: FakeGateway, said: dict[str, Any], links: int
) -> None:
    gateway.on("GET", f"{API}/tea", {**TEA, "html": "<p>x</p>", **said})
    text = (await browser.get("/articles/tea/")).text
    assert text.count('<a rel="') == links
    assert ("Other articles" in text) is bool(links)


async def test_an_old_address_leads_to_the_new(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.on("GET", f"{API}/tea", {"slug": "green-tea"}, status=301)
    page = await browser.get("/articles/tea/")
    assert (page.status_code, page.headers["location"]) == (301, "/articles/green-tea/")


@pytest.mark.parametrize("slug", ["none", "a%20b", "..%2Fdrafts", "%F0%9F%8E%89", "x" * 300, "T"])
async def test_there_is_a_page_for_what_is_not_there(
    browser: httpx2.AsyncClient, gateway: FakeGateway, slug: str
) -> None:
    gateway.refuse("GET", f"{API}/none", 404, "article_not_found")
    page = await browser.get(f"/articles/{slug}/")
    assert page.status_code == 404
    assert {call.path for call in gateway.calls} <= {f"{API}/none"}


async def test_it_is_the_same_for_who_is_signed_in(sign_in: SignIn, gateway: FakeGateway) -> None:
    gateway.on("GET", f"{API}/tea", {**TEA, "html": "<p>x</p>"})
    browser = await sign_in()
    assert (await browser.get("/articles/tea/")).status_code == 200
    assert "authorization" not in gateway.asked("GET", f"{API}/tea")[0].headers
    assert "authorization" in gateway.asked("GET", ME)[-1].headers


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<script>alert(1)</script><p>x</p>", "<p>x</p>"),
        ('<p onclick="f()" style="x" hx-get="/">x</p>', "<p>x</p>"),
        ('<a href="javascript:f()">x</a>', '<a rel="noopener">x</a>'),
        ('<a href="https://a.example/?a=1&amp;b">x</a>',) * 2,
        ('<img src="https://elsewhere.example/x.png" alt="x">', '<img alt="x">'),
        (f'<img src="{PUBLIC}.evil.example/x.png" alt="x">', '<img alt="x">'),
        (f'<img src="{PUBLIC}{PICTURE}" alt="x">',) * 2,
        ("<h1>a</h1><h5>b</h5><h6>c</h6>", "<h2>a</h2><h6>b</h6><h6>c</h6>"),
        ("<form><input></form>", ""),
    ],
)
def test_a_body_is_cleaned_once_more(html: str, shown: str) -> None:
    assert shown_body(html, PUBLIC).replace(' rel="noopener"', "") == shown.replace(
        ' rel="noopener"', ""
    )


async def test_the_map_of_the_site_has_what_is_open(
    browser: httpx2.AsyncClient, gateway: FakeGateway
) -> None:
    item = {"slug": "tea", "language": "ru", "updated_at": "2026-11-30T09:00:00Z"}
    gateway.on("GET", f"{API}/addresses", {"items": [item] * 50_000})
    page = await browser.get("/sitemap.xml")
    assert page.headers["content-type"].startswith("application/xml")
    assert page.text.count("<url>") == 50_000
    assert f"<url><loc>{PUBLIC}/articles/</loc></url>" in page.text
    assert (
        f"<url><loc>{PUBLIC}/articles/tea/</loc><lastmod>2026-11-30T09:00:00Z</lastmod></url>"
        in page.text
    )


async def test_robots_are_led_to_the_map(browser: httpx2.AsyncClient) -> None:
    page = await browser.get("/robots.txt")
    assert page.headers["content-type"].startswith("text/plain")
    assert f"Sitemap: {PUBLIC}/sitemap.xml" in page.text
    assert "Disallow: /users/" in page.text
