"""A form's definition as XForm: its id, version and questions with their words in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from django.utils.translation import gettext_lazy as _
from lxml import etree

from samaki.engines.fieldforms.xforms.reading import name_of, read_xml
from samaki.kernel.errors import Invalid

CONTROLS = frozenset({"input", "select", "select1", "upload", "trigger", "range", "rank", "secret"})
_ITEXT = re.compile(r"jr:itext\(\s*['\"](.+?)['\"]\s*\)")
_INSTANCE = re.compile(r"instance\(\s*['\"](.+?)['\"]\s*\)")
_KHMER = re.compile(r"\bkm\b|khmer|ខ្មែរ", re.IGNORECASE)
_ENGLISH = re.compile(r"\ben\b|english|អង់គ្លេស", re.IGNORECASE)
Words = tuple[str, str]  # Khmer, English
Choices = tuple[tuple[str, str, str], ...]  # value, Khmer, English


@dataclass(frozen=True)
class Question:
    """`kind` is the XForm's: string, int, decimal, date, time, dateTime, geopoint, binary, select_one, select_multiple.
    `repeat` is the path of the repeated part it stands in, "" for the form itself."""

    path: str
    name: str
    kind: str
    repeat: str = ""
    label_km: str = ""
    label_en: str = ""
    choices: Choices = ()
    required: bool = False
    is_asked: bool = True  # False: calculated or hidden

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Question:
        values = dict(stored)
        choices = values.pop("choices", ())
        return cls(**values, choices=tuple(tuple(choice) for choice in choices))  # type: ignore[arg-type,attr-defined]  # as as_json wrote it


@dataclass(frozen=True)
class Definition:
    form_id: str
    version: str
    title: str
    questions: tuple[Question, ...]
    repeats: frozenset[str]
    media: frozenset[str]  # names of files the form wants beside it


def read_definition(xform: str | bytes) -> Definition:
    """Raises Invalid: malformed_xml, entities_refused, not_an_xform, no_form_id."""
    root = read_xml(xform.encode() if isinstance(xform, str) else xform)
    model = _first(root, "model")
    primary = _primary(model) if model is not None else None
    if model is None or primary is None:
        raise Invalid("not_an_xform", _("This is not a form definition."))
    form_id = primary.get("id") or primary.nsmap.get(primary.prefix) or ""
    if not form_id:
        raise Invalid("no_form_id", _("It does not say which form it is."))
    words = _translations(model)
    top = name_of(primary)
    body = _first(root, "body")
    controls = _controls(body, top) if body is not None else {}
    repeats = frozenset(
        _below(element.get("nodeset") or "", top) for element in root.iter() if name_of(element) == "repeat"
    )
    binds = {_below(bind.get("nodeset") or "", top): bind for bind in model.iter() if name_of(bind) == "bind"}
    lists = _lists(model, words)
    questions = tuple(
        _question(path, binds.get(path), controls.get(path), repeats, words, lists)
        for path in _leaves(primary, "", controls)
    )
    title = _first(root, "title")
    return Definition(
        form_id=form_id.strip(),
        version=(primary.get("version") or "").strip(),
        title=((title.text or "") if title is not None else "").strip(),
        questions=questions,
        repeats=repeats,
        media=frozenset(_media(model)),
    )


def _first(root: etree._Element, name: str) -> etree._Element | None:
    return next((element for element in root.iter() if name_of(element) == name), None)


def _primary(model: etree._Element) -> etree._Element | None:
    instances = [element for element in model if name_of(element) == "instance"]
    return next((instance[0] for instance in instances if len(instance)), None)


def _below(nodeset: str, top: str) -> str:
    """The path below the root element: "/data/people/sex" → "people/sex"."""
    return nodeset.strip().removeprefix(f"/{top}").strip("/")


def _leaves(parent: etree._Element, path: str, controls: Mapping[str, etree._Element]) -> Iterator[str]:
    seen = set()
    for child in parent:
        name = name_of(child)
        if not name or (name == "meta" and not path) or name in seen:
            continue
        seen.add(name)
        below = f"{path}/{name}" if path else name
        if len(child) and below not in controls:
            yield from _leaves(child, below, controls)
        elif not len(child):
            yield below


def _controls(body: etree._Element, top: str) -> dict[str, etree._Element]:
    return {
        _below(element.get("ref") or element.get("nodeset") or "", top): element
        for element in body.iter()
        if name_of(element) in CONTROLS
    }


def _question(
    path: str,
    bind: etree._Element | None,
    control: etree._Element | None,
    repeats: frozenset[str],
    words: Mapping[str, Words],
    lists: Mapping[str, Choices],
) -> Question:
    kind = ((bind.get("type") if bind is not None else "") or "string").rpartition(":")[2]
    control_name = name_of(control) if control is not None else ""
    kind = {"select1": "select_one", "select": "select_multiple", "upload": "binary"}.get(control_name, kind)
    km, en = _label(control, words)
    return Question(
        path=path,
        name=path.rpartition("/")[2],
        kind=kind,
        repeat=_around(path, repeats),
        label_km=km,
        label_en=en,
        choices=_choices(control, words, lists) if kind.startswith("select") and control is not None else (),
        required=bind is not None and (bind.get("required") or "") == "true()",
        is_asked=control is not None,
    )


def _label(element: etree._Element | None, words: Mapping[str, Words]) -> Words:
    label = next((child for child in element if name_of(child) == "label"), None) if element is not None else None
    if label is None:
        return "", ""
    if (match := _ITEXT.search(label.get("ref") or "")) is not None:
        return words.get(match[1], ("", ""))
    text = "".join(str(part) for part in label.itertext()).strip()
    return text, text


def _around(path: str, repeats: frozenset[str]) -> str:
    """The innermost repeated part that a path stands in, "" for none."""
    while path := path.rpartition("/")[0]:
        if path in repeats:
            return path
    return ""


def _choices(control: etree._Element, words: Mapping[str, Words], lists: Mapping[str, Choices]) -> Choices:
    """Those written beside the question, and those of the list it names; a list kept in a file has none here."""
    found: list[tuple[str, str, str]] = []
    named: Choices = ()
    for child in control:
        if name_of(child) == "item":
            value = next((part.text or "" for part in child if name_of(part) == "value"), "")
            found.append((value.strip(), *_label(child, words)))
        elif name_of(child) == "itemset" and (match := _INSTANCE.search(child.get("nodeset") or "")) is not None:
            named += lists.get(match[1], ())
    return (*found, *named) if found else named


def _lists(model: etree._Element, words: Mapping[str, Words]) -> dict[str, Choices]:
    """The choices of each secondary instance, read once: thousands of questions may name one list."""
    found: dict[str, Choices] = {}
    for instance in model:
        key = instance.get("id") or ""
        if name_of(instance) == "instance" and key and len(instance):
            found[key] = (*found.get(key, ()), *_listed(instance[0], words))
    return found


def _listed(items: etree._Element, words: Mapping[str, Words]) -> Iterator[tuple[str, str, str]]:
    for item in items:
        parts = {name_of(part): (part.text or "").strip() for part in item}
        km, en = words.get(parts.get("itextId", ""), (parts.get("label", ""), parts.get("label", "")))
        if "name" in parts:
            yield parts["name"], km, en


def _translations(model: etree._Element) -> dict[str, Words]:
    """Text id → Khmer and English; a language that is neither stands in for what is missing."""
    by_language: dict[str, dict[str, str]] = {"km": {}, "en": {}, "": {}}
    for translation in model.iter():
        if name_of(translation) != "translation":
            continue
        language = translation.get("lang") or ""
        key = "km" if _KHMER.search(language) else "en" if _ENGLISH.search(language) else ""
        for text in translation:
            spoken = [value for value in text if name_of(value) == "value" and not value.get("form")]
            if spoken and (identifier := text.get("id")):
                by_language[key].setdefault(identifier, "".join(str(part) for part in spoken[0].itertext()).strip())
    km, en, other = by_language["km"], by_language["en"], by_language[""]
    return {
        identifier: (
            km.get(identifier) or other.get(identifier) or en.get(identifier) or "",
            en.get(identifier) or other.get(identifier) or km.get(identifier) or "",
        )
        for identifier in {**km, **en, **other}
    }


def _media(model: etree._Element) -> Iterator[str]:
    """Files named by jr:// addresses in texts and by secondary instances."""
    for element in model.iter():
        for text in (element.text, element.get("src")):
            if text and text.strip().startswith("jr://"):
                name = text.strip().rpartition("/")[2]
                if name and name != "instance":
                    yield name
