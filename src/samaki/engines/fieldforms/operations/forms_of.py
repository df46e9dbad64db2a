"""The forms that submissions name, with what is known of their versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Q

from samaki.engines.fieldforms.models import Form, FormVersion
from samaki.engines.fieldforms.xforms import Question


@dataclass(frozen=True)
class KnownForm:
    """`versions` are those once published, by the text a phone says: newest first published, withdrawn ones too, since
    a phone may have filled one before it was withdrawn."""

    form: Form
    versions: Mapping[str, tuple[int, str]]  # key and MD5

    def version_id(self, version: str) -> int | None:
        return self.versions[version][0] if version in self.versions else None

    def repeats(self, version: str) -> frozenset[str] | None:
        """Paths of repeated parts; None where the version is not known."""
        return _shape(*self.versions[version])[0] if version in self.versions else None

    def binaries(self, version: str) -> frozenset[str]:
        """Paths of questions answered by a file."""
        return _shape(*self.versions[version])[1] if version in self.versions else frozenset()


def forms_of(wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], KnownForm]:
    """Programme and form id → the form; two queries, whatever their number."""
    keys = set(wanted)
    if not keys:
        return {}
    forms = Form.objects.filter(programme__in={one for one, _ in keys}, key__in={key for _, key in keys})
    found = {form.pk: form for form in forms if (form.programme_id, form.key) in keys}
    versions: dict[int, dict[str, tuple[int, str]]] = {pk: {} for pk in found}
    published = FormVersion.objects.filter(~Q(state=FormVersion.State.DRAFT), form__in=found)
    for form_id, version, pk, md5 in published.values_list("form_id", "version", "pk", "md5"):
        versions[form_id][version] = pk, md5
    return {(form.programme_id, form.key): KnownForm(form, versions[pk]) for pk, form in found.items()}


@lru_cache(maxsize=500)
def _shape(version_id: int, md5: str) -> tuple[frozenset[str], frozenset[str]]:
    """Repeated parts and file questions of a version; published bytes never change, so it is read once."""
    version = FormVersion.objects.only("questions", "repeats").get(pk=version_id)
    questions = [Question.from_json(stored) for stored in version.questions]
    return frozenset(version.repeats), frozenset(one.path for one in questions if one.kind == "binary")
