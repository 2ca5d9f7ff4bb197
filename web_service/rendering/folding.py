"""Texts that hold no values are translated when a template is compiled, not on each page.

An environment is of one language, so `_("Products")` is as good as a text of the template.
"""

from collections.abc import Callable, MutableMapping
from typing import Any, Final

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from web_service.rendering.escaping import LightTemplate

_NAMES: Final = frozenset({"_", "gettext"})


class FoldingEnvironment(Environment):
    """Puts what `translate` gives into the compiled template."""

    translate: Callable[[str], str]
    folds = True
    template_class = LightTemplate

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template sees, copied once: on each page Jinja2 copies it again."""
        return {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if not self.folds:
            return tree
        folded: nodes.Template = _Folder(self.translate).visit(tree)
        return folded


class _Folder(NodeTransformer):
    """Replaces each call of gettext whose only argument is a text."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        self._translate = translate

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> nodes.Node:  # noqa: N802
        self.generic_visit(node, *args, **kwargs)
        text = _only_text(node)
        if text is None:
            return node
        # As jinja2.ext does it at each call: a format, whose markup is the translator's.
        markup = Markup(self._translate(text)) % {}  # noqa: S704 - texts are ours
        return nodes.Const(markup, lineno=node.lineno)


def _only_text(node: nodes.Call) -> str | None:
    """Return the text that a call of gettext has for its only argument."""
    is_gettext = isinstance(node.node, nodes.Name) and node.node.name in _NAMES
    if not is_gettext or len(node.args) != 1 or node.kwargs or node.dyn_args or node.dyn_kwargs:
        return None
    [argument] = node.args
    value = argument.value if isinstance(argument, nodes.Const) else None
    return value if isinstance(value, str) else None
