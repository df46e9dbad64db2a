"""Our own look at an XForm: what its expressions name stands in it, its words are in both languages, it asks nothing
that is never stored. ODK Validate sees more of an expression's meaning; see `validator`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from lxml import etree

from samaki.engines.fieldforms.xforms import Definition
from samaki.engines.fieldforms.xforms.reading import name_of
from samaki.engines.fieldforms.xlsforms import xpaths
from samaki.engines.fieldforms.xlsforms.faults import Fault, Level
from samaki.engines.fieldforms.xlsforms.never_stored import asked

Rows = Mapping[str, Mapping[str, int]]
SHOWN = 8
MOST_FAULTS = 200
LONGEST_SHOWN = 160
_COLUMNS = {
    "relevant": "relevant",
    "constraint": "constraint",
    "calculate": "calculation",
    "required": "required",
    "readonly": "readonly",
    "count": "repeat_count",
    "nodeset": "choice_filter",
    "value": "default",
}
_KHMER = re.compile(r"\bkm\b|khmer|ខ្មែរ", re.IGNORECASE)
_ENGLISH = re.compile(r"\ben\b|english|អង់គ្លេស", re.IGNORECASE)
_KHMER_LETTER = re.compile(r"[\u1780-\u17ff]")
_LATIN_LETTER = re.compile(r"[A-Za-z]")
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})  # classes of Unicode's UAX 9
_ITEXT = re.compile(r"jr:itext\(\s*['\"](.+?)['\"]\s*\)")


@dataclass(frozen=True)
class _Model:
    nodes: Set[tuple[str, ...]]  # every node of the primary instance, by its names from the root
    lists: Set[str]  # ids of the other instances
    top: str


def checked(root: etree._Element, definition: Definition, rows: Rows) -> tuple[Fault, ...]:
    """Faults of the form; at most MOST_FAULTS, errors first."""
    found = [
        *_expressions(root, rows),
        *_never_stored(definition, rows),
        *_languages(root, definition),
        *_title(definition.title),
        *(Fault("form_media_wanted", Level.NOTE, value=name) for name in sorted(definition.media)),
    ]
    if any(name_of(element) == "submission" and element.get("base64RsaPublicKey") for element in root.iter()):
        found.append(Fault("form_encrypts", Level.NOTE, "settings", 2, "public_key"))
    unique = dict.fromkeys((one.code, one.row, one.column, one.value) for one in found)
    firsts = {(one.code, one.row, one.column, one.value): one for one in reversed(found)}
    ordered = sorted((firsts[key] for key in unique), key=lambda one: one.level is not Level.ERROR)
    return tuple(ordered[:MOST_FAULTS])


def _expressions(root: etree._Element, rows: Rows) -> Iterator[Fault]:
    model = _model(root)
    for nodeset, attribute, expression in _written(root):
        context = tuple(nodeset.strip("/").split("/"))
        row = _row(context[1:], rows)
        for code, value in _wrong(expression, context, model):
            # A bare name that leads nowhere is empty to a phone; ODK Validate lets it pass too.
            level = Level.NOTE if code == "form_path_unknown" and "/" not in value else Level.ERROR
            yield Fault(code, level, "survey", row, _COLUMNS.get(attribute, attribute), value[:LONGEST_SHOWN])


def _model(root: etree._Element) -> _Model:
    instances = [element for element in root.iter() if name_of(element) == "instance"]
    primary = next(instance[0] for instance in instances if len(instance))
    lists = {str(element.get("id")) for element in instances if element.get("id")}
    return _Model(frozenset(_nodes(primary, ())), lists, name_of(primary))


def _nodes(element: etree._Element, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    here = (*above, name_of(element))
    yield here
    for child in element:
        yield from _nodes(child, here)


def _written(root: etree._Element) -> Iterator[tuple[str, str, str]]:
    """Node, attribute and expression of everything that a phone will work out."""
    for element in root.iter():
        name = name_of(element)
        if name == "bind":
            for attribute in ("relevant", "constraint", "calculate", "required", "readonly"):
                if expression := element.get(attribute):
                    yield element.get("nodeset") or "", attribute, expression
        elif name == "setvalue" and (expression := element.get("value")):
            yield element.get("ref") or "", "value", expression
        elif name == "repeat":
            for attribute, expression in element.attrib.items():
                if str(attribute).endswith("}count"):
                    yield element.get("nodeset") or "", "count", str(expression)
        elif name == "itemset" and (expression := element.get("nodeset")):
            above = element.getparent()
            yield (above.get("ref") if above is not None else "") or "", "nodeset", expression
        elif name == "output" and (expression := element.get("value")):
            yield f"/{_top(root)}/*", "label", expression


def _top(root: etree._Element) -> str:
    return name_of(next(e[0] for e in root.iter() if name_of(e) == "instance" and len(e)))


def _wrong(expression: str, context: tuple[str, ...], model: _Model) -> Iterator[tuple[str, str]]:
    try:
        found = xpaths.tokens(expression)
    except xpaths.Unreadable:
        yield "form_expression_broken", expression
        return
    for function in dict.fromkeys(xpaths.functions(found)):
        if function not in xpaths.FUNCTIONS:
            yield "form_function_unknown", function
    for path in xpaths.paths(found):
        if path.list_name:
            if path.list_name not in model.lists and path.list_name not in {"?", "__last-saved"}:
                yield "form_instance_unknown", path.list_name
            continue
        if path.depth and not path.absolute:
            continue  # of the thing that is filtered
        reached = xpaths.resolved(path, context)
        if reached is None or "*" in context or reached in model.nodes:
            continue
        if path.absolute and reached[:1] != (model.top,):
            continue  # Collect's own: /meta and the like of another root are read by name
        yield "form_path_unknown", expression[path.start : path.end]


def _row(path: tuple[str, ...], rows: Rows) -> int | None:
    """The row of the question, or of the part around a node that the converter made."""
    survey = rows.get("survey", {})
    while path:
        if (row := survey.get("/".join(path))) is not None:
            return row
        for ending in ("_count", "_other"):
            if path[-1].endswith(ending) and (row := survey.get("/".join((*path[:-1], path[-1].removesuffix(ending))))):
                return row
        path = path[:-1]
    return None


def _never_stored(definition: Definition, rows: Rows) -> Iterator[Fault]:
    for question in definition.questions:
        if not question.is_asked:
            continue
        row = _row(tuple(question.path.split("/")), rows)
        if code := asked(question.name.replace("_", " "), question.label_km, question.label_en):
            label = question.label_en or question.label_km or question.name
            yield Fault(code, Level.ASK, "survey", row, "label", label[:LONGEST_SHOWN])
        for _value, km, en in question.choices:
            if code := asked(km, en):
                yield Fault(code, Level.ASK, "choices", None, question.name, (en or km)[:LONGEST_SHOWN])


def _title(title: str) -> Iterator[Fault]:
    if turning := sorted({sign for sign in title if unicodedata.bidirectional(sign) in _TURNING}):
        named = ", ".join(f"U+{ord(sign):04X}" for sign in turning)
        yield Fault("form_title_turned", Level.ERROR, "settings", 2, "form_title", named)


def _languages(root: etree._Element, definition: Definition) -> Iterator[Fault]:
    """Which words lack a language. Where the form names no languages, its letters tell which it is written in."""
    texts: dict[str, set[str]] = {"km": set(), "en": set()}
    named = False
    for translation in root.iter():
        if name_of(translation) != "translation":
            continue
        language = translation.get("lang") or ""
        key = "km" if _KHMER.search(language) else "en" if _ENGLISH.search(language) else ""
        named = named or bool(key)
        if key:
            texts[key] |= {
                str(text.get("id"))
                for text in translation
                if any((not v.get("form") and (v.text or "").strip(" -\n")) or len(v) for v in text)
            }
    wanted = list(_labels(root))
    for key, letters, code in (
        ("km", _KHMER_LETTER, "form_without_khmer"),
        ("en", _LATIN_LETTER, "form_without_english"),
    ):
        lacking = [
            where for where, text_id, words in wanted
            if (text_id not in texts[key] if text_id and named else not letters.search(words))
        ]  # fmt: skip
        if lacking:
            more = f" … (+{len(lacking) - SHOWN})" if len(lacking) > SHOWN else ""
            yield Fault(code, Level.NOTE, "survey", None, "label", ", ".join(lacking[:SHOWN]) + more)


def _labels(root: etree._Element) -> Iterator[tuple[str, str, str]]:
    """Name of the question, the id of its text where it has one, and its words as they stand."""
    plain: dict[str, str] = {}
    for text in root.iter():
        if name_of(text) == "text" and text.get("id"):
            plain.setdefault(str(text.get("id")), "")
            plain[str(text.get("id"))] += " ".join(str(part) for part in text.itertext())
    for element in root.iter():
        if name_of(element) not in {"input", "select", "select1", "upload", "trigger", "range", "rank"}:
            continue
        label = next((child for child in element if name_of(child) == "label"), None)
        if label is None:
            continue
        match = _ITEXT.search(label.get("ref") or "")
        words = plain.get(match[1], "") if match else "".join(str(part) for part in label.itertext())
        yield (element.get("ref") or "").rpartition("/")[2], match[1] if match else "", words
