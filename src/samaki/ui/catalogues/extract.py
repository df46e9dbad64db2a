"""Every string that people read, found in Python by its syntax tree and in templates by Django's own reader."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

# Name of the function → positions of context, message and plural.
CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
_TEMPLATE_CALL = re.compile(r"\b(?:_|n?p?gettext)\(")


@dataclass
class Found:
    """One message, without where it stands: catalogues change only with the words."""

    message: str
    context: str | None = None
    plural: str | None = None

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.message


def messages(root: Path) -> dict[tuple[str | None, str], Found]:
    """All messages under `root`. Raises SyntaxError for Python that does not parse."""
    found: dict[tuple[str | None, str], Found] = {}
    for path in sorted(root.rglob("*")):
        if path.suffix == ".py":
            new = _in_python(path.read_text())
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            new = _in_template(path.read_text(), str(path))
        else:
            continue
        for message in new:
            kept = found.setdefault(message.key, message)
            kept.plural = kept.plural or message.plural
    return found


def _in_python(source: str) -> Iterator[Found]:
    if "gettext" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            message = _of_call(node)
            if message:
                yield message


def _in_template(source: str, origin: str) -> Iterator[Found]:
    code = templatize(source, origin=origin)
    for start in _TEMPLATE_CALL.finditer(code):
        node = _call_at(code, start.start())
        message = _of_call(node) if node else None
        if message:
            yield message


def _call_at(code: str, start: int) -> ast.Call | None:
    """The call that begins at `start`, read up to the first bracket that makes it whole."""
    end = start
    while (end := code.find(")", end) + 1) > 0:
        try:
            node = ast.parse(code[start:end].replace("\n", "\\n"), mode="eval").body
        except SyntaxError:
            continue
        return node if isinstance(node, ast.Call) else None
    return None


def _of_call(node: ast.Call) -> Found | None:
    name = (
        node.func.id
        if isinstance(node.func, ast.Name)
        else node.func.attr
        if isinstance(node.func, ast.Attribute)
        else ""
    )
    places = CALLS.get(name.removesuffix("_lazy").removesuffix("_noop"))
    if places is None:
        return None
    context_at, message_at, plural_at = places
    message = _text(node, message_at)
    if not message:
        return None
    return Found(message, _text(node, context_at), _text(node, plural_at))


def _text(node: ast.Call, at: int | None) -> str | None:
    if at is None or at >= len(node.args):
        return None
    value = node.args[at]
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
