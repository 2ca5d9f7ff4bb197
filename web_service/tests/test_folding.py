"""Texts that are translated when a template is compiled: as if it were done on each page."""

import pytest
from jinja2 import DictLoader, Environment

from web_service.rendering.environment import environments
from web_service.rendering.folding import FoldingEnvironment

TEXTS = {
    "plain": "{{ _('Products') }}",
    "gettext": "{{ gettext('Products') }}",
    "attribute": "<a title=\"{{ _('Products') }}\">",
    "percent": "{{ _('100 %% tea') }}",
    "quotes": "{{ _('“Tea” & <b>') }}",
    "joined": "{{ _('Products') ~ '<' }}",
    "block": "{% trans %}Products{% endtrans %}",
    "value": "{{ _('Order %(number)s', number='<7>') }}",
    "variable": "{{ _(text) }}",
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_folded_text_is_what_a_call_would_give(name: str, language: str) -> None:
    folded, plain = _environment(language, folds=True), _environment(language, folds=False)
    values = {"text": "Products"}
    assert folded.get_template(name).render(values) == plain.get_template(name).render(values)


def test_a_text_of_the_template_needs_no_call() -> None:
    environment = _environment("ru", folds=True)
    environment.globals["gettext"] = environment.globals["_"] = None
    assert environment.get_template("plain").render() == "Товары"


def _environment(language: str, *, folds: bool) -> Environment:
    environment = environments(currency="RUB")[language]
    assert isinstance(environment, FoldingEnvironment)
    environment.loader, environment.folds = DictLoader(TEXTS), folds
    environment.bytecode_cache = None
    return environment
