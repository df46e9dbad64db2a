"""The forms that submissions name, with what is known of the versions they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection

from samaki.engines.fieldforms.handling import Bound
from samaki.engines.fieldforms.models import Form, FormVersion
from samaki.engines.fieldforms.xforms import Question
from samaki.kernel.database.bulk import among_sql


@dataclass(frozen=True)
class KnownForm:
    """`versions` are those asked for that were once published, by the text a phone says; withdrawn ones too, since a
    phone may have filled one before it was withdrawn."""

    bound: Bound
    organisation_id: int | None
    is_open: bool
    versions: Mapping[str, tuple[int, str]]  # key and MD5

    @property
    def id(self) -> int:
        return self.bound.id

    def version_id(self, version: str) -> int | None:
        return self.versions[version][0] if version in self.versions else None

    def repeats(self, version: str) -> frozenset[str] | None:
        """Paths of repeated parts; None where the version is not known."""
        return _shape(*self.versions[version])[0] if version in self.versions else None

    def binaries(self, version: str) -> frozenset[str]:
        """Paths of questions answered by a file."""
        return _shape(*self.versions[version])[1] if version in self.versions else frozenset()


def forms_of(wanted: Iterable[tuple[int, str, str]]) -> dict[tuple[int, str], KnownForm]:
    """Programme, form id and version as phones say them → the form by programme and form id. One statement by plain
    SQL, whatever their number: what was published, closed or matched anew a moment ago counts."""
    asked = set(wanted)
    if not asked:
        return {}
    programme, programmes = among_sql("f.programme_id", {one for one, _, _ in asked})
    key, keys = among_sql("f.key", {one for _, one, _ in asked})
    version, versions = among_sql("v.version", {one for _, _, one in asked})
    statement = (
        "SELECT f.programme_id, f.key, f.organisation_id, f.handler, f.mapping, f.is_open, f.id, "  # noqa: S608  # names of models
        f"v.version, v.id, v.md5 FROM {Form._meta.db_table} f "
        f"LEFT JOIN {FormVersion._meta.db_table} v ON v.form_id = f.id AND v.state <> %s AND {version} "
        f"WHERE {programme} AND {key}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [FormVersion.State.DRAFT.value, versions, programmes, keys])
        rows = cursor.fetchall()
    wanted_forms = {(programme_id, form_id) for programme_id, form_id, _ in asked}
    published: dict[int, dict[str, tuple[int, str]]] = defaultdict(dict)
    for *_form, pk, said, version_id, md5 in rows:
        if version_id is not None:
            published[pk][said] = version_id, md5
    return {
        (programme_id, form_id): KnownForm(
            Bound(pk, programme_id, handler, mapping), organisation_id, bool(is_open), published[pk]
        )
        for programme_id, form_id, organisation_id, handler, mapping, is_open, pk, *_version in rows
        if (programme_id, form_id) in wanted_forms
    }


@lru_cache(maxsize=500)
def _shape(version_id: int, md5: str) -> tuple[frozenset[str], frozenset[str]]:
    """Repeated parts and file questions of a version; published bytes never change, so it is read once."""
    version = FormVersion.objects.only("questions", "repeats").get(pk=version_id)
    questions = [Question.from_json(stored) for stored in version.questions]
    return frozenset(version.repeats), frozenset(one.path for one in questions if one.kind == "binary")
