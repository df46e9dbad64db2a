"""Writes of curricula: themes, versions and what they hold. A version that was agreed never changes again."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Any
from uuid import uuid4

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme, ProgrammeRole
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.keys import expect_key
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, expect_revision
from samaki.strands.learning.models import Curriculum, CurriculumVersion, Material, Module, Theme
from samaki.strands.learning.queries.curricula import is_used
from samaki.strands.learning.rules import curricula as rules

LONGEST = 4_000
_State = CurriculumVersion.State
_BARE = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")


def scope_of(curriculum: Curriculum) -> Scope:
    return Scope(organisation_id=curriculum.organisation_id, programme_id=curriculum.programme_id)


def keep_theme(
    *,
    programme: Programme,
    theme: Theme | None,
    name_km: str,
    name_en: str,
    is_current: bool = True,
    by: AnyActor,
    at: dt.datetime,
) -> Theme:
    """A theme of the programme's list, new (None) or changed; one no longer in use stays on what it marked. The list is
    the programme's, so who oversees it edits it. Raises Invalid("name_wanted"), Conflict("theme_there")."""
    scope = Scope(organisation_id=None, programme_id=programme.pk)
    with acting(by, Action.EDIT_CURRICULUM, theme or ("learning.theme", ""), **scope):
        km, en = _named(name_km, name_en, 120)
        same = Theme.objects.filter(programme=programme, name_en=en, name_km=km)
        if same.exclude(pk=theme.pk if theme else 0).exists():
            raise Conflict("theme_there", _("There is such a theme already."), field="name_en")
        if theme is None:
            theme = Theme(programme=programme, key=_theme_key(programme, en), is_example=programme.is_example)
        else:
            theme.revision += 1
        theme.name_km, theme.name_en, theme.is_current = km, en, is_current
        theme.save()
        record(by, "curriculum.theme", theme, **scope, details={"key": theme.key, "is_current": is_current})
    return theme


def create_curriculum(
    *,
    programme: Programme,
    organisation: Organisation,
    title_km: str,
    title_en: str,
    themes: Collection[Theme] = (),
    key: str = "",
    by: AnyActor,
    at: dt.datetime,
) -> Curriculum:
    """A curriculum with an empty first version. Raises Invalid: name_wanted, not_in_programme, no_such_theme; Conflict
    ("key_in_use")."""
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    key = key or f"{programme.key}-{uuid4().hex[:10]}"
    with acting(by, Action.EDIT_CURRICULUM, ("learning.curriculum", key), **scope):
        expect_key(key, 60)
        km, en = _named(title_km, title_en, 200)
        if not ProgrammeRole.objects.filter(programme=programme, organisation=organisation).exists():
            words = _("This organisation has no part in the programme.")
            raise Invalid("not_in_programme", words, field="organisation")
        if Curriculum.objects.filter(key=key).exists():
            raise Conflict("key_in_use", _("This key is in use already."), field="key")
        example = organisation.is_example
        curriculum = Curriculum.objects.create(**scope, key=key, title_km=km, title_en=en, is_example=example)
        curriculum.themes.set(_own_themes(curriculum, themes))
        CurriculumVersion.objects.create(curriculum=curriculum, number=1, is_example=example)
        record(by, "curriculum.create", curriculum, **scope)
    return curriculum


def edit_curriculum(
    *,
    curriculum: Curriculum,
    revision: int,
    title_km: str,
    title_en: str,
    themes: Collection[Theme],
    by: AnyActor,
    at: dt.datetime,
) -> Curriculum:
    """Titles and themes; both may change after a version was agreed. Raises as `create_curriculum`."""
    with acting(by, Action.EDIT_CURRICULUM, curriculum, **scope_of(curriculum)):
        curriculum = Curriculum.objects.select_for_update(no_key=True).get(pk=curriculum.pk)
        km, en = _named(title_km, title_en, 200)
        expect_revision(curriculum, revision, {"title_km": km, "title_en": en})
        curriculum.title_km, curriculum.title_en = km, en
        curriculum.revision += 1
        curriculum.save()
        curriculum.themes.set(_own_themes(curriculum, themes))
        record(by, "curriculum.edit", curriculum, **scope_of(curriculum))
    return curriculum


def draft_version(*, curriculum: Curriculum, by: AnyActor, at: dt.datetime) -> CurriculumVersion:
    """The next version, a copy of the last with its modules and materials. Raises Conflict("draft_there") while one is
    being drafted."""
    with acting(by, Action.EDIT_CURRICULUM, curriculum, **scope_of(curriculum)):
        curriculum = Curriculum.objects.select_for_update(no_key=True).get(pk=curriculum.pk)
        last = curriculum.versions.order_by("-number").first()
        if last is not None and last.state == _State.DRAFT:
            raise Conflict("draft_there", _("A version is being drafted already. Please agree or discard it first."))
        made = CurriculumVersion.objects.create(
            curriculum=curriculum, number=last.number + 1 if last else 1, is_example=curriculum.is_example
        )
        for module in last.modules.order_by("number") if last is not None else ():
            _copy(module, made)
        record(by, "curriculum.draft", made, **scope_of(curriculum), details={"number": made.number})
    return made


def summarise(
    *, version: CurriculumVersion, revision: int, summary_km: str, summary_en: str, by: AnyActor, at: dt.datetime
) -> CurriculumVersion:
    """What the version is, in a few words. Raises Conflict("version_agreed")."""
    with acting(by, Action.EDIT_CURRICULUM, version, **scope_of(version.curriculum)):
        version = draft(version)
        expect_revision(version, revision, {"summary_km": summary_km, "summary_en": summary_en})
        version.summary_km, version.summary_en = summary_km.strip()[:LONGEST], summary_en.strip()[:LONGEST]
        _save(version)
        record(by, "curriculum.summarise", version, **scope_of(version.curriculum))
    return version


def discard_draft(*, version: CurriculumVersion, by: AnyActor, at: dt.datetime) -> None:
    """A draft that came to nothing. The first version stays; raises Conflict: only_version, version_agreed."""
    with acting(by, Action.EDIT_CURRICULUM, version, **scope_of(version.curriculum)):
        version = draft(version)
        if version.number == 1:
            raise Conflict("only_version", _("The first version cannot be discarded."))
        record(by, "curriculum.discard", version, **scope_of(version.curriculum), details={"number": version.number})
        version.delete()


def keep_module(
    *,
    version: CurriculumVersion,
    module: Module | None,
    revision: int = 0,
    title_km: str,
    title_en: str,
    aims_km: str = "",
    aims_en: str = "",
    minutes: int | None = None,
    number: int | None = None,
    themes: Collection[Theme] = (),
    by: AnyActor,
    at: dt.datetime,
) -> Module:
    """A module of a draft, new (None) or changed; with `number` it moves there and the others make room. Raises
    Conflict("version_agreed"), Invalid: name_wanted, too_many_modules, minutes_wrong, no_such_theme."""
    with acting(by, Action.EDIT_CURRICULUM, version, **scope_of(version.curriculum)):
        version = draft(version)
        km, en = _named(title_km, title_en, 200)
        if minutes is not None and not 0 < minutes <= 10_000:
            raise Invalid("minutes_wrong", _("Please write the length in minutes."), field="minutes")
        order = list(version.modules.select_for_update().order_by("number"))
        if module is None:
            if len(order) >= rules.MOST_MODULES:
                words = _("A version takes at most %(most)s modules.")
                raise Invalid("too_many_modules", words, most=rules.MOST_MODULES)
            kept = Module(version=version, number=len(order) + 1, is_example=version.is_example)
        else:
            kept = next(one for one in order if one.pk == module.pk)
            expect_revision(kept, revision, {"title_km": km, "title_en": en, "minutes": minutes})
            kept.revision += 1
        kept.title_km, kept.title_en, kept.minutes = km, en, minutes
        kept.aims_km, kept.aims_en = aims_km.strip()[:LONGEST], aims_en.strip()[:LONGEST]
        kept.save()
        kept.themes.set(_own_themes(version.curriculum, themes))
        if number is not None and number != kept.number:
            rest = [one for one in order if one.pk != kept.pk]
            at_place = min(max(number, 1), len(rest) + 1) - 1
            _renumber([*rest[:at_place], kept, *rest[at_place:]])
        act = "curriculum.add_module" if module is None else "curriculum.edit_module"
        record(by, act, kept, **scope_of(version.curriculum), details={"version": version.number})
    return kept


def remove_module(*, module: Module, by: AnyActor, at: dt.datetime) -> None:
    """Out of a draft, with its materials; those behind move up. Raises Conflict("version_agreed")."""
    with acting(by, Action.EDIT_CURRICULUM, module, **scope_of(module.version.curriculum)):
        version = draft(module.version)
        details = {"version": version.number, "number": module.number}
        record(by, "curriculum.remove_module", module, **scope_of(version.curriculum), details=details)
        version.modules.filter(pk=module.pk).delete()
        _renumber(list(version.modules.select_for_update().order_by("number")))


def attach_material(
    *, module: Module, language: str, title: str, name: str, content: bytes, by: AnyActor, at: dt.datetime
) -> Material:
    """A file of a module of a draft; one of its name and language takes its place. Raises Conflict("version_agreed"),
    Invalid: not_an_answer, material_name, material_kind, material_empty, material_too_big, too_many_materials."""
    with acting(by, Action.EDIT_CURRICULUM, module, **scope_of(module.version.curriculum)):
        version = draft(module.version)
        _expect_material(language, name, content)
        others = module.materials.exclude(language=language, name=name)
        if others.count() >= rules.MOST_MATERIALS:
            words = _("A module takes at most %(most)s files.")
            raise Invalid("too_many_materials", words, field="file", most=rules.MOST_MATERIALS)
        module.materials.filter(language=language, name=name).delete()
        kept = Material.objects.create(
            module=module,
            language=language,
            title=title.strip()[:200] or name,
            name=name,
            content_type=rules.CONTENT_TYPES[rules.ending(name)],
            content=content,
            is_example=version.is_example,
        )
        details = {"version": version.number, "language": language, "bytes": len(content)}
        record(by, "curriculum.attach", kept, **scope_of(version.curriculum), details=details)
    return kept


def remove_material(*, material: Material, by: AnyActor, at: dt.datetime) -> None:
    """Raises Conflict("version_agreed")."""
    curriculum = material.module.version.curriculum
    with acting(by, Action.EDIT_CURRICULUM, material, **scope_of(curriculum)):
        version = draft(material.module.version)
        record(by, "curriculum.detach", material, **scope_of(curriculum), details={"version": version.number})
        material.delete()


def retire_version(*, version: CurriculumVersion, by: AnyActor, at: dt.datetime) -> CurriculumVersion:
    """No longer offered to new trainings; what used it stays. Raises Conflict("not_agreed")."""
    return _turn(version, _State.AGREED, _State.RETIRED, "curriculum.retire", by)


def use_again(*, version: CurriculumVersion, by: AnyActor, at: dt.datetime) -> CurriculumVersion:
    """Undoes `retire_version`. Raises Conflict("not_retired")."""
    return _turn(version, _State.RETIRED, _State.AGREED, "curriculum.use_again", by)


def draft(version: CurriculumVersion) -> CurriculumVersion:
    """The version, locked. Raises Conflict("version_agreed") unless it is a draft: what a session used stays."""
    found = CurriculumVersion.objects.select_for_update(of=("self",)).select_related("curriculum").get(pk=version.pk)
    if found.state != _State.DRAFT:
        words = _("This version is agreed; it does not change any more. Please draft a new version.")
        raise Conflict("version_agreed", words)
    return found


def take_back_agreement(*, version: CurriculumVersion, by: AnyActor, at: dt.datetime) -> CurriculumVersion:
    """A slip: the version is a draft again. Raises Conflict: not_agreed, version_used where a session or series has
    used it, draft_there where the next one is being drafted."""
    curriculum = version.curriculum
    with acting(by, Action.EDIT_CURRICULUM, version, **scope_of(curriculum)):
        version = CurriculumVersion.objects.select_for_update().get(pk=version.pk)
        if version.state != _State.AGREED:
            raise Conflict("not_agreed", _("This version is not agreed."))
        if is_used(version):
            raise Conflict("version_used", _("This version was used already, so it stays as it is."))
        if CurriculumVersion.objects.filter(curriculum=curriculum, number__gt=version.number).exists():
            raise Conflict("draft_there", _("A later version follows this one."))
        version.state, version.agreed_on = _State.DRAFT, None
        _save(version)
        record(by, "curriculum.take_back", version, **scope_of(curriculum), details={"number": version.number})
    return version


def _turn(version: CurriculumVersion, old: str, new: str, act: str, by: AnyActor) -> CurriculumVersion:
    with acting(by, Action.EDIT_CURRICULUM, version, **scope_of(version.curriculum)):
        version = (
            CurriculumVersion.objects.select_for_update(of=("self",)).select_related("curriculum").get(pk=version.pk)
        )
        if version.state != old:
            code = "not_agreed" if old == _State.AGREED else "not_retired"
            raise Conflict(code, _("Somebody else changed this meanwhile. Please look again."))
        version.state = new
        _save(version)
        record(by, act, version, **scope_of(version.curriculum), details={"number": version.number})
    return version


def _copy(module: Module, version: CurriculumVersion) -> None:
    themes, materials = list(module.themes.all()), list(module.materials.all())
    module.pk, module.version, module.revision, module._state.adding = None, version, 1, True
    module.save()
    module.themes.set(themes)
    for material in materials:
        material.pk, material.module, material._state.adding = None, module, True
        material.save()


def _renumber(order: list[Module]) -> None:
    """Numbers are unique in a version, so they move out of the way first."""
    moved = [(one, number) for number, one in enumerate(order, start=1) if one.number != number]
    for one, number in moved:
        Module.objects.filter(pk=one.pk).update(number=10_000 + number)
    for one, number in moved:
        one.number = number
        Module.objects.filter(pk=one.pk).update(number=number)


def _save(version: CurriculumVersion) -> None:
    version.revision += 1
    version.save()


def _named(name_km: str, name_en: str, longest: int) -> tuple[str, str]:
    km, en = name_km.strip(), name_en.strip()
    if not (km or en) or max(len(km), len(en)) > longest:
        raise Invalid("name_wanted", _("Please write the title in Khmer or English."), field="title_km")
    return km, en


def _own_themes(curriculum: Curriculum, themes: Collection[Theme]) -> list[Theme]:
    if any(theme.programme_id != curriculum.programme_id for theme in themes):
        raise Invalid("no_such_theme", _("Please choose themes of this programme."), field="themes")
    return list(themes)


def _theme_key(programme: Programme, name_en: str) -> str:
    key = slugify(name_en)[:50] or f"theme-{uuid4().hex[:8]}"
    taken = set(Theme.objects.filter(programme=programme).values_list("key", flat=True))
    return key if key not in taken else f"{key}-{uuid4().hex[:6]}"


def _expect_material(language: str, name: str, content: bytes) -> None:
    faults: list[tuple[bool, str, Any, dict[str, object]]] = [
        (language not in Material.Language.values, "not_an_answer", _("Please choose one of the answers."), {}),
        (
            not _BARE.fullmatch(name) or name.startswith("."),
            "material_name",
            _("The name of a file may hold no folder: %(name)s"),
            {"name": name[:80]},
        ),
        (
            rules.ending(name) not in rules.CONTENT_TYPES,
            "material_kind",
            _("Please send a file of one of these kinds: %(kinds)s."),
            {"kinds": ", ".join(sorted(rules.CONTENT_TYPES))},
        ),
        (not content, "material_empty", _("This file is empty."), {}),
        (
            len(content) > rules.MOST_BYTES,
            "material_too_big",
            _("This file is larger than %(most)s MB."),
            {"most": rules.MOST_BYTES // 1024 // 1024},
        ),
    ]
    for holds, code, words, params in faults:
        if holds:
            raise Invalid(code, words, field="language" if code == "not_an_answer" else "file", **params)
