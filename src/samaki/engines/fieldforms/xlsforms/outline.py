"""A form as it will be asked: its groups and questions in order, for the page that shows it before it is published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy
from lxml import etree

from samaki.engines.fieldforms.xforms.reading import name_of, read_xml
from samaki.engines.fieldforms.xlsforms.conditions import Said, in_words

MOST_CHOICES = 60
_CONTROLS = frozenset({"input", "select", "select1", "upload", "trigger", "range", "rank", "secret"})
_ITEXT = re.compile(r"jr:itext\(\s*['\"](.+?)['\"]\s*\)")
_INSTANCE = re.compile(r"instance\(\s*['\"](.+?)['\"]\s*\)")
_KHMER = re.compile(r"\bkm\b|khmer|ខ្មែរ", re.IGNORECASE)
_ENGLISH = re.compile(r"\ben\b|english|អង់គ្លេស", re.IGNORECASE)
_CONTROL_KINDS = {"select1": "select_one", "select": "select_multiple", "trigger": "acknowledge", "rank": "rank"}
Names = tuple[str, ...]
KINDS: Mapping[str, str | Promise] = {
    "string": pgettext_lazy("kind of question", "text"),
    "int": pgettext_lazy("kind of question", "whole number"),
    "decimal": pgettext_lazy("kind of question", "number"),
    "date": pgettext_lazy("kind of question", "date"),
    "time": pgettext_lazy("kind of question", "time of day"),
    "dateTime": pgettext_lazy("kind of question", "date and time"),
    "geopoint": pgettext_lazy("kind of question", "point on the map"),
    "geotrace": pgettext_lazy("kind of question", "line on the map"),
    "geoshape": pgettext_lazy("kind of question", "area on the map"),
    "barcode": pgettext_lazy("kind of question", "bar code"),
    "image": pgettext_lazy("kind of question", "picture"),
    "audio": pgettext_lazy("kind of question", "sound"),
    "video": pgettext_lazy("kind of question", "film"),
    "application": pgettext_lazy("kind of question", "file"),
    "select_one": pgettext_lazy("kind of question", "one answer of several"),
    "select_multiple": pgettext_lazy("kind of question", "several answers"),
    "rank": pgettext_lazy("kind of question", "put in order"),
    "acknowledge": pgettext_lazy("kind of question", "tick"),
    "group": pgettext_lazy("kind of question", "group of questions"),
    "repeat": pgettext_lazy("kind of question", "repeated part"),
}


@dataclass(frozen=True)
class Words:
    """Words in both languages, "" where there are none; where the form names no languages both are the same."""

    km: str = ""
    en: str = ""
    media: tuple[str, ...] = ()  # names of pictures and of prompts to be heard

    def of(self, language: str) -> str:
        return (self.km or self.en) if language == "km" else (self.en or self.km)


@dataclass
class Part:
    """A question, or a group or repeat with its parts. `relevant` and `constraint` are sentences."""

    name: str
    kind: str
    label: Words = Words()
    hint: Words = Words()
    choices: list[tuple[str, Words]] = field(default_factory=list)
    choices_left: int = 0  # more than are shown
    file_of_choices: str = ""
    required: bool = False
    relevant: str = ""
    constraint: str = ""
    parts: list[Part] = field(default_factory=list)

    @property
    def kind_words(self) -> str:
        return str(KINDS.get(self.kind, self.kind))

    @property
    def is_question(self) -> bool:
        return self.kind not in {"group", "repeat"}


def outline(xform: str, language: str) -> list[Part]:
    """The form's parts in order; sentences about conditions are in the active language, which `language` names."""
    root = read_xml(xform.encode())
    return _Reader(root, "km" if language.startswith("km") else "en").read()


class _Reader:
    def __init__(self, root: etree._Element, language: str) -> None:
        self.root = root
        self.texts = dict(_texts(root))
        self.lists = {str(e.get("id")): e for e in root.iter() if name_of(e) == "instance" and e.get("id")}
        self.listed: dict[str, list[tuple[str, Words]]] = {}  # read once; thousands of questions may name one list
        self.binds = {_names(e.get("nodeset")): e for e in root.iter() if name_of(e) == "bind"}
        labels: dict[Names, str] = {}
        choices: dict[Names, dict[str, str]] = {}
        for element in root.iter():
            if name_of(element) in _CONTROLS:
                where = _names(element.get("ref"))
                labels[where] = self._words(element, "label").of(language)
                choices[where] = {value: words.of(language) for value, words in self._choices(element)}
        self.said = Said(labels, choices)

    def read(self) -> list[Part]:
        body = next((element for element in self.root.iter() if name_of(element) == "body"), None)
        return list(self._parts(body)) if body is not None else []

    def _parts(self, parent: etree._Element) -> Iterator[Part]:
        for element in parent:
            name = name_of(element)
            where = _names(element.get("ref") or element.get("nodeset"))
            if name == "group":
                repeat = next((child for child in element if name_of(child) == "repeat"), None)
                inner = repeat if repeat is not None else element
                where = where or _names(inner.get("nodeset"))
                part = self._part(element, where, "repeat" if repeat is not None else "group")
                part.parts = list(self._parts(inner))
                yield part
            elif name == "repeat":
                part = self._part(element, where, "repeat")
                part.parts = list(self._parts(element))
                yield part
            elif name in _CONTROLS:
                part = self._part(element, where, self._kind(element, where))
                listed = list(self._choices(element))
                part.choices, part.choices_left = listed[:MOST_CHOICES], max(0, len(listed) - MOST_CHOICES)
                part.file_of_choices = "" if listed else self._file(element)
                yield part

    def _part(self, element: etree._Element, where: Names, kind: str) -> Part:
        bind = self.binds.get(where)
        asked = {name: (bind.get(name) or "") if bind is not None else "" for name in ("relevant", "constraint")}
        return Part(
            name=where[-1] if where else "",
            kind=kind,
            label=self._words(element, "label"),
            hint=self._words(element, "hint"),
            required=bind is not None and (bind.get("required") or "false()") != "false()",
            relevant=in_words(asked["relevant"], where, self.said) if asked["relevant"] else "",
            constraint=in_words(asked["constraint"], where, self.said) if asked["constraint"] else "",
        )

    def _kind(self, element: etree._Element, where: Names) -> str:
        name = name_of(element)
        if name == "upload":
            return (element.get("mediatype") or "file").partition("/")[0]
        bind = self.binds.get(where)
        typed = ((bind.get("type") or "") if bind is not None else "").rpartition(":")[2]
        return _CONTROL_KINDS.get(name, typed or "string")

    def _words(self, element: etree._Element, tag: str) -> Words:
        found = next((child for child in element if name_of(child) == tag), None)
        if found is None:
            return Words()
        match = _ITEXT.search(found.get("ref") or "")
        if match is not None:
            return self.texts.get(match[1], Words())
        text = _plain(found)
        return Words(text, text)

    def _choices(self, element: etree._Element) -> Iterator[tuple[str, Words]]:
        for child in element:
            name = name_of(child)
            if name == "item":
                value = next((part.text or "" for part in child if name_of(part) == "value"), "")
                yield value.strip(), self._words(child, "label")
            elif name == "itemset" and (match := _INSTANCE.search(child.get("nodeset") or "")) is not None:
                if match[1] not in self.listed:
                    self.listed[match[1]] = list(self._listed(match[1]))
                yield from self.listed[match[1]]

    def _listed(self, list_name: str) -> Iterator[tuple[str, Words]]:
        instance = self.lists.get(list_name)
        if instance is None or not len(instance):
            return
        for item in instance[0]:
            parts = {name_of(part): (part.text or "").strip() for part in item}
            label = parts.get("label", "")
            yield parts.get("name", ""), self.texts.get(parts.get("itextId", ""), Words(label, label))

    def _file(self, element: etree._Element) -> str:
        for child in element:
            match = _INSTANCE.search(child.get("nodeset") or "") if name_of(child) == "itemset" else None
            instance = self.lists.get(match[1]) if match else None
            if instance is not None and instance.get("src"):
                return str(instance.get("src")).rpartition("/")[2]
        return ""


def _names(nodeset: str | None) -> Names:
    return tuple((nodeset or "").strip("/").split("/")) if nodeset else ()


def _plain(element: etree._Element) -> str:
    """Its words, where a reference to an answer stands as three dots."""
    words = [element.text or ""]
    for child in element:
        words += ["…", child.tail or ""]
    return " ".join("".join(words).split())


def _texts(root: etree._Element) -> Iterator[tuple[str, Words]]:
    spoken: dict[str, dict[str, str]] = {}
    media: dict[str, list[str]] = {}
    for translation in root.iter():
        if name_of(translation) != "translation":
            continue
        language = translation.get("lang") or ""
        key = "km" if _KHMER.search(language) else "en" if _ENGLISH.search(language) else "other"
        for text in translation:
            identifier = str(text.get("id"))
            for value in text:
                if value.get("form") in {None, "long", "short"}:
                    spoken.setdefault(identifier, {}).setdefault(key, _plain(value))
                elif value.text:
                    media.setdefault(identifier, []).append(value.text.strip().rpartition("/")[2])
    for identifier in {**spoken, **media}:
        found: Mapping[str, str] = spoken.get(identifier, {})
        other = found.get("other", "")
        files = tuple(dict.fromkeys(media.get(identifier, [])))
        yield identifier, Words(found.get("km", other), found.get("en", other), files)
