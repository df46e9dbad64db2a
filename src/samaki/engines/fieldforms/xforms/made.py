"""An XForm written from a handler's own fields: what the field pages ask, for apps that fill in XForms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from lxml import etree

from samaki.kernel.form_handlers import Choice, FormHandler, HandlerField, Kind

XFORMS, XHTML = "http://www.w3.org/2002/xforms", "http://www.w3.org/1999/xhtml"
JAVAROSA, XSD = "http://openrosa.org/javarosa", "http://www.w3.org/2001/XMLSchema"
LANGUAGES = (("km", "ខ្មែរ (km)"), ("en", "English (en)"))
OTHER = "other"
LARGEST_COUNT = 1_000_000
_TYPES = {Kind.DATE: "date", Kind.MONTH: "date", Kind.COUNT: "int", Kind.YEAR: "int"}
_YES_NO = (Choice("yes", _("Yes")), Choice("no", _("No")))
Words = str | Promise


def written(handler: FormHandler, *, form_id: str, version: str, programme_id: int) -> str:
    """The definition, in Khmer and English. Root children are named by field, repeated parts by `repeat`, so that the
    handler's identity mapping fits. Places of the programme are offered, and another may be written."""
    return _Writer(handler, form_id, version, programme_id).text()


class _Writer:
    def __init__(self, handler: FormHandler, form_id: str, version: str, programme_id: int) -> None:
        self.handler = handler
        self.programme_id = programme_id
        self.root = etree.Element(f"{{{XHTML}}}html", nsmap={None: XFORMS, "h": XHTML, "jr": JAVAROSA, "xsd": XSD})
        head = etree.SubElement(self.root, f"{{{XHTML}}}head")
        etree.SubElement(head, f"{{{XHTML}}}title").text = _in("km", handler.label)
        self.model = etree.SubElement(head, "model")
        itext = etree.SubElement(self.model, "itext")
        self.translations = {
            code: etree.SubElement(itext, "translation", lang=name, **({"default": "true()"} if code == "km" else {}))
            for code, name in LANGUAGES
        }
        instance = etree.SubElement(self.model, "instance")
        self.data = etree.SubElement(instance, "data", id=form_id, version=version)
        self.body = etree.SubElement(self.root, f"{{{XHTML}}}body")

    def text(self) -> str:
        parts: dict[str, list[HandlerField]] = {"": []}
        for field in self.handler.fields:
            parts.setdefault(field.repeat, []).append(field)
        for repeat, fields in parts.items():
            if repeat:
                self._repeat(repeat, fields)
            else:
                self._fields(fields, "/data", self.data, self.body)
        meta = etree.SubElement(self.data, "meta")
        etree.SubElement(meta, "instanceID")
        bind = etree.SubElement(self.model, "bind", nodeset="/data/meta/instanceID", type="string", readonly="true()")
        bind.set(f"{{{JAVAROSA}}}preload", "uid")
        return str(etree.tostring(self.root, encoding="unicode", pretty_print=True))

    def _repeat(self, repeat: str, fields: Sequence[HandlerField]) -> None:
        if any(field.offers is not None and not field.offers(self.programme_id) for field in fields):
            return  # nothing to choose from: the programme names no such groups
        path = f"/data/{repeat}"
        rows = etree.SubElement(self.data, repeat)
        rows.set(f"{{{JAVAROSA}}}template", "")
        label = next((step.label for step in self.handler.steps if step.repeat == repeat), fields[0].label)
        group = etree.SubElement(self.body, "group", ref=path)
        self._label(group, f"{path}:label", label)
        self._fields(fields, path, rows, etree.SubElement(group, "repeat", nodeset=path))

    def _fields(self, fields: Iterable[HandlerField], above: str, data: etree._Element, body: etree._Element) -> None:
        for field in fields:
            path = f"{above}/{field.key}"
            offered = field.offers(self.programme_id) if field.offers else ()
            if field.kind is Kind.PLACE and offered:
                self._place(field, path, offered, data, body)
                continue
            etree.SubElement(data, field.key)
            self._bind(path, _TYPES.get(field.kind, "string"), field.required, *_constraint(field.kind))
            choices = _YES_NO if field.kind is Kind.YES_NO else field.choices or offered
            control = etree.SubElement(body, "select1" if choices else "input", ref=path)
            if field.kind is Kind.MONTH:
                control.set("appearance", "month-year")
            self._words(control, path, field)
            self._items(control, path, choices)

    def _place(
        self,
        field: HandlerField,
        path: str,
        offered: Sequence[Choice],
        data: etree._Element,
        body: etree._Element,
    ) -> None:
        """Chosen among the programme's own, or written where it is another; the answer is one or the other."""
        chosen, other = f"{path}_chosen", f"{path}_{OTHER}"
        for name in (chosen, other, path):
            etree.SubElement(data, name.rpartition("/")[2])
        self._bind(chosen, "string", field.required)
        bind = self._bind(other, "string", field.required)
        bind.set("relevant", f"{chosen} = '{OTHER}'")
        self._bind(path, "string", False).set("calculate", f"if({chosen} = '{OTHER}', {other}, {chosen})")
        control = etree.SubElement(body, "select1", ref=chosen)
        self._words(control, path, field)
        self._items(control, path, (*offered, Choice(OTHER, _("Another place"))))
        control = etree.SubElement(body, "input", ref=other)
        self._label(control, f"{other}:label", _("Which place"))
        self._label(control, f"{other}:hint", _("Name or code of the commune or village."), "hint")

    def _bind(self, path: str, kind: str, required: bool, constraint: str = "", words: Words = "") -> etree._Element:
        bind = etree.SubElement(self.model, "bind", nodeset=path, type=kind)
        if required:
            bind.set("required", "true()")
        if constraint:
            bind.set("constraint", constraint)
            self._say(f"{path}:constraint", words)
            bind.set(f"{{{JAVAROSA}}}constraintMsg", f"jr:itext('{path}:constraint')")
        return bind

    def _words(self, control: etree._Element, path: str, field: HandlerField) -> None:
        self._label(control, f"{path}:label", field.label, km=field.label_km)
        if field.hint:
            self._label(control, f"{path}:hint", field.hint, "hint")

    def _items(self, control: etree._Element, path: str, choices: Sequence[Choice]) -> None:
        for choice in choices:
            item = etree.SubElement(control, "item")
            self._label(item, f"{path}/{choice.key}:label", choice.label, km=choice.label_km)
            etree.SubElement(item, "value").text = choice.key

    def _label(self, element: etree._Element, key: str, words: Words, tag: str = "label", *, km: str = "") -> None:
        self._say(key, words, km)
        etree.SubElement(element, tag, ref=f"jr:itext('{key}')")

    def _say(self, key: str, words: Words, km: str = "") -> None:
        for code, said in self.translations.items():
            text = etree.SubElement(said, "text", id=key)
            etree.SubElement(text, "value").text = km if code == "km" and km else _in(code, words)


def _in(language: str, words: Words) -> str:
    with translation.override(language):
        return str(words)


def _constraint(kind: Kind) -> tuple[str, Words]:
    if kind in (Kind.DATE, Kind.MONTH):
        return ". <= today()", _("This date has not come yet. Please choose today or an earlier day.")
    if kind is Kind.COUNT:
        return f". >= 0 and . <= {LARGEST_COUNT}", _("A count is 0 or more.")
    if kind is Kind.YEAR:
        return ". >= 1900 and . <= number(format-date(today(), '%Y'))", _("A year has four digits, such as 1990.")
    return "", ""
