"""What no template may hold: styles and scripts in the page itself, and too much of htmx."""

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]
TEMPLATES = sorted(
    file.relative_to(PACKAGE).as_posix()
    for folder in (PACKAGE / "templates", *PACKAGE.glob("*/templates"))
    for file in folder.rglob("*.html")
)
FORBIDDEN = {
    "a style in the page": r"<style|\sstyle\s*=",
    "a script in the page": r"<script(?![^>]*\ssrc=)",
    "an event handler": r"\son[a-z]+\s*=|hx-on",
    "an address that runs": r"javascript:|\bjs:",
    "an address elsewhere": r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""",
    "a text that is not escaped": r"\|\s*safe\b|autoescape\s+false",
}
IN_A_FRAME = {"drafts/templates/drafts/preview.html": ["a style in the page"]}
"""What PREVIEW_POLICY lets in, and no other page's."""
HTMX = {
    "hx-get",
    "hx-post",
    "hx-target",
    "hx-select",
    "hx-swap",
    "hx-trigger",
    "hx-push-url",
    "hx-indicator",
    "hx-sync",
    "hx-disable",
}


def without_comments(template: str) -> str:
    return re.sub(r"{#.*?#}", "", (PACKAGE / template).read_text(), flags=re.S)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_holds_neither_styles_nor_scripts(template: str) -> None:
    text = without_comments(template)
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.I)]
    assert found == IN_A_FRAME.get(template, [])


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_uses_few_attributes_of_htmx(template: str) -> None:
    assert set(re.findall(r"\shx-[\w-]+", without_comments(template))) <= {f" {it}" for it in HTMX}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<p style="color: red">', "a style in the page"),
        ("<script>1</script>", "a script in the page"),
        ('<a onclick="f()">', "an event handler"),
        ('<a href="javascript:f()">', "an address that runs"),
        ('<img src="//elsewhere.example/x.png">', "an address elsewhere"),
        ("{{ name | safe }}", "a text that is not escaped"),
    ],
)
def test_the_patterns_find_what_they_are_for(text: str, what: str) -> None:
    assert re.search(FORBIDDEN[what], text, re.I)
