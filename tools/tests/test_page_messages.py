"""The catalogues of pages hold what templates and code of their folder say, each in every form."""

from pathlib import Path

import pytest

from tools import messages, page_messages

TEMPLATE = """\
<h1>{{ _("Cart") }}</h1>
{% trans count=pieces %}One piece{% pluralize %}{{ count }} pieces{% endtrans %}
{{ ngettext("%(num)s order", "%(num)s orders", orders) }} {{ pgettext("sorting", "Order") }}
"""
CODE = 'title = N_("Cart")\nawait page.notice(page.gettext("Saved."))\n_(title)\n'


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A web service with the feature `cart` and a template for all."""
    monkeypatch.setattr(page_messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    root = tmp_path / page_messages.PACKAGE
    for folder in ("cart/templates/cart", "templates", "languages/locales", "cart/tests"):
        (root / folder).mkdir(parents=True)
    (root / "cart/templates/cart/cart.html").write_text(TEMPLATE)
    (root / "cart/pages.py").write_text(CODE)
    (root / "cart/tests/test_cart.py").write_text('_("Not shown")')
    (root / "templates/base.html").write_text('{{ _("Skip") }}')
    return root


def faults(root: Path) -> list[str]:
    found = page_messages.wanted("ru").items()
    return [
        *(fault for file, wanted in found for fault in messages.faults(file, wanted)),
        *page_messages.contradictions("ru"),
    ]


def translate(file: Path, english: str, *forms: str) -> None:
    """Write a translation into the first entry with this text."""
    before, text, after = file.read_text().partition(f'msgid "{english}"\n')
    assert text
    for number, form in enumerate(forms):
        place = f"msgstr[{number}]" if len(forms) > 1 else "msgstr"
        after = after.replace(f'{place} ""', f'{place} "{form}"', 1)
    file.write_text(before + text + after)


def translate_all(root: Path) -> Path:
    cart = root / "cart/locales/ru.po"
    page_messages.write("ru")
    translate(cart, "Saved.", "Сохранено.")
    translate(cart, "Cart", "Корзина")
    translate(cart, "Order", "Порядок")
    translate(cart, "One piece", "%(count)s штука", "%(count)s штуки", "%(count)s штук")
    translate(cart, "%(num)s order", "%(num)s заказ", "%(num)s заказа", "%(num)s заказов")
    translate(root / "languages/locales/ru.po", "Skip", "Дальше")
    return cart


def test_each_folder_has_its_texts_and_all_share_one_catalogue(pages: Path) -> None:
    found = page_messages.wanted("ru")
    texts = {
        file.relative_to(pages).parts[0]: {message.id for message in catalog if message.id}
        for file, catalog in found.items()
    }
    plural = ("One piece", "%(count)s pieces"), ("%(num)s order", "%(num)s orders")
    assert texts == {"cart": {"Cart", "Saved.", "Order", *plural}, "languages": {"Skip"}}


def test_a_plural_has_as_many_forms_as_the_language(pages: Path) -> None:
    page_messages.write("ru")
    text = (pages / "cart/locales/ru.po").read_text()
    assert "nplurals=3" in text
    assert text.count('msgstr[2] ""') == 2


def test_what_is_translated_whole_has_no_fault_and_stays_when_it_is_written_again(
    pages: Path,
) -> None:
    cart = translate_all(pages)
    assert faults(pages) == []
    before = cart.read_text()
    page_messages.write("ru")
    assert cart.read_text() == before


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('msgstr "Корзина"', 'msgstr ""', "not translated: 'Cart'"),
        ('"%(count)s штуки"', '""', "not translated: ('One piece'"),
        ('"%(count)s штуки"', '"%(counted)s штуки"', "has other values than its English"),
        ('msgid "Cart"', '#, fuzzy\nmsgid "Cart"', "marked as fuzzy: 'Cart'"),
        ('msgid "Cart"', 'msgid "Bye"\nmsgstr "Пока"\n\nmsgid "Cart"', "not used any more: 'Bye'"),
    ],
    ids=["missing", "a form", "values", "fuzzy", "unused"],
)
def test_what_is_wrong_is_said(pages: Path, old: str, new: str, fault: str) -> None:
    cart = translate_all(pages)
    assert old in cart.read_text()
    cart.write_text(cart.read_text().replace(old, new))
    assert len(faults(pages)) == 1
    assert fault in faults(pages)[0]


def test_a_text_of_two_folders_is_translated_alike(pages: Path) -> None:
    (pages / "templates/base.html").write_text('{{ _("Cart") }}')
    shared = pages / "languages/locales/ru.po"
    shared.write_text("")
    (pages / "cart/locales").mkdir()
    (pages / "cart/locales/ru.po").write_text('msgid "Cart"\nmsgstr ""\n')
    page_messages.write("ru")
    translate(shared, "Cart", "Тележка")
    translate(pages / "cart/locales/ru.po", "Cart", "Корзина")
    assert [one for one in faults(pages) if "in two ways" in one]


def test_what_all_pages_share_need_not_be_repeated(pages: Path) -> None:
    cart = translate_all(pages)
    translated = cart.read_text()
    (pages / "templates/base.html").write_text('{{ _("Cart") }} {{ _("Skip") }}')
    page_messages.write("ru")
    translate(pages / "languages/locales/ru.po", "Cart", "Корзина")
    assert faults(pages) == []
    cart.write_text(translated.replace('msgid "Cart"\nmsgstr "Корзина"\n', ""))
    assert faults(pages) == []


def test_a_text_that_nothing_can_find_is_named(pages: Path) -> None:
    (pages / "cart/pages.py").write_text('_(f"{n} left")\npage.gettext("a" + b)\n_(label)\n')
    found = list(page_messages.unreadable())
    assert [one.partition(": ")[0].rpartition(":")[2] for one in found] == ["1", "2"]
