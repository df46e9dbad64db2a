"""A filled form as it arrives: which form, which version, its id, and its answers once the form's repeats are known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Set
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from lxml import etree

from samaki.engines.fieldforms.xforms.answers import POSITION, Answers
from samaki.engines.fieldforms.xforms.reading import JAVAROSA, name_of, read_xml
from samaki.kernel.errors import Invalid

LONGEST = {"form_id": 200, "version": 200, "instance_id": 255, "deprecated_id": 255}
_TEMPLATE = f"{{{JAVAROSA}}}template"


@dataclass(frozen=True)
class Filled:
    """`digest` is the SHA-256 of the bytes. `deprecated_id` names the submission that this one corrects."""

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str
    is_encrypted: bool
    digest: bytes
    root: etree._Element

    def answers(self, repeats: Set[str] | None) -> Answers:
        """The answers, where the parts of the form at the paths `repeats` have rows. None: the definition is not known,
        and what stands twice side by side is a repeated part. Of an encrypted form: none."""
        found = Answers()
        if not self.is_encrypted:
            _collect(self.root, "", found, found.values, "", repeats)
        return found

    def encrypted_names(self) -> Iterator[str]:
        """Names of the files that an encrypted submission consists of."""
        for element in self.root.iter():
            if name_of(element) in {"encryptedXmlFile", "file"} and element.text and element.text.strip():
                yield element.text.strip()


def read_submission(xml: bytes) -> Filled:
    """Raises Invalid: malformed_xml, entities_refused, no_form_id, too_long (an id or version nobody could mean).

    A submission without an instance id gets one made of its bytes, so that the same bytes again are the same.
    """
    root = read_xml(xml)
    digest = hashlib.sha256(xml).digest()
    ids = {"instanceID": "", "deprecatedID": ""}
    for entry in root.iterfind("{*}meta/{*}*"):
        if (name := name_of(entry)) in ids:
            ids[name] = (entry.text or "").strip()
    said = {
        "form_id": _attribute(root, "id") or (root.nsmap.get(root.prefix) or ""),
        "version": _attribute(root, "version"),
        "instance_id": ids["instanceID"] or _attribute(root, "instanceID") or f"sha256:{digest.hex()}",
        "deprecated_id": ids["deprecatedID"],
    }
    if not said["form_id"]:
        raise Invalid("no_form_id", _("It does not say which form it is."))
    for name, most in LONGEST.items():
        if len(said[name]) > most:
            raise Invalid("too_long", _("The form’s id, version or instance id is too long."), field=name)
    encrypted = _attribute(root, "encrypted") == "yes" or root.find("{*}encryptedXmlFile") is not None
    return Filled(**said, is_encrypted=encrypted, digest=digest, root=root)


def _attribute(root: etree._Element, wanted: str) -> str:
    """An attribute with or without a namespace."""
    if (value := root.get(wanted)) is not None:
        return str(value).strip()
    return next((str(text).strip() for name, text in root.attrib.items() if str(name).endswith(f"}}{wanted}")), "")


def _collect(
    parent: etree._Element,
    path: str,
    found: Answers,
    into: dict[str, str],
    position: str,
    repeats: Set[str] | None,
) -> None:
    """A phone waits for this, and a register has 180 nodes: a leaf is read where it stands."""
    seen: dict[str, int] = {}
    twice = _twice(parent) if repeats is None else None
    prefix = f"{path}/" if path else ""
    for child in parent:
        tag = child.tag
        name = tag if tag[0] != "{" else tag.rpartition("}")[2]  # comments and instructions were left out in reading
        below = prefix + name
        if below == "meta":
            continue
        row, place = into, position
        if below in repeats if twice is None else name in twice:  # type: ignore[operator]  # one of both is there
            if child.get(_TEMPLATE) is not None:
                continue
            seen[name] = seen.get(name, 0) + 1
            place = f"{position}/{seen[name]}" if position else str(seen[name])
            row = {POSITION: place}
            found.repeats.setdefault(below, []).append(row)
        if len(child):
            _collect(child, below, found, row, place, repeats)
        elif (text := child.text) and (text := text.strip()):
            # Two answers where one belongs are both kept: what becomes of them is for somebody to say.
            row[below] = text if below not in row else f"{row[below]} / {text}"


def _twice(parent: etree._Element) -> frozenset[str]:
    names = [name_of(child) for child in parent]
    return frozenset(name for name in names if names.count(name) > 1) if len(set(names)) < len(names) else frozenset()
