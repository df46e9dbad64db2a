"""Curricula are T2: all of a programme's own people read them, with every version, material and word of the review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity
from samaki.ground.activities.queries import activities
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import programmes_for
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, may
from samaki.strands.learning.models import (
    Curriculum,
    CurriculumVersion,
    Material,
    Module,
    Review,
    Series,
    SessionUse,
    Theme,
)
from samaki.strands.learning.rules.curricula import Difference, ModuleText, differences, outcome

_State = CurriculumVersion.State


@dataclass(frozen=True)
class Proposal:
    """A change somebody proposed, what was said of it since, and where it stands (a step of a review)."""

    review: Review
    answers: tuple[Review, ...]
    stands: str

    @property
    def is_decided(self) -> bool:
        return self.stands in {Review.Step.AGREED, Review.Step.DECLINED}


def curricula(actor: AnyActor, programme: Programme | None = None) -> QuerySet[Curriculum]:
    """Those of the programmes the actor sees into, by title."""
    found = Curriculum.objects.filter(programme__in=programmes_for(actor, Action.SEE_PROGRAMME))
    if programme is not None:
        found = found.filter(programme=programme)
    return found.select_related("programme", "organisation").order_by("title_en", "pk")


def curriculum(actor: AnyActor, key: str) -> Curriculum:
    """With its themes. Raises NotFound, saying the same whether it exists or not."""
    found = curricula(actor).filter(key=key).prefetch_related("themes").first()
    if found is None:
        raise NotFound("no_such_curriculum", _("There is no such curriculum."))
    return found


def versions(actor: AnyActor, curriculum: Curriculum) -> QuerySet[CurriculumVersion]:
    """Its versions, the latest first, with `modules_held`."""
    found = CurriculumVersion.objects.filter(curriculum=curriculum, curriculum__in=curricula(actor))
    return found.annotate(modules_held=Count("modules", distinct=True)).order_by("-number")


def version(actor: AnyActor, curriculum: Curriculum, number: int) -> CurriculumVersion:
    """With modules, their themes and their materials (without the files). Raises NotFound."""
    found = versions(actor, curriculum).filter(number=number).prefetch_related(_modules()).first()
    if found is None:
        raise NotFound("no_such_version", _("There is no such version."))
    found.curriculum = curriculum
    return found


def module(actor: AnyActor, version: CurriculumVersion, module_id: int) -> Module:
    """Raises NotFound. `version` is one that the actor sees."""
    found = next((one for one in version.modules.all() if one.pk == module_id), None)
    if found is None:
        raise NotFound("no_such_module", _("There is no such module."))
    found.version = version
    return found


def material(actor: AnyActor, material_id: int) -> Material:
    """With its file. Raises NotFound, saying the same whether it exists or not."""
    found = Material.objects.filter(pk=material_id, module__version__curriculum__in=curricula(actor))
    one = found.select_related("module__version__curriculum").first()
    if one is None:
        raise NotFound("no_such_material", _("There is no such material."))
    return one


def themes(actor: AnyActor, programme: Programme, *, only_current: bool = False) -> QuerySet[Theme]:
    """The programme's list of themes, those in use first."""
    found = Theme.objects.filter(programme=programme, programme__in=programmes_for(actor, Action.SEE_PROGRAMME))
    if only_current:
        found = found.filter(is_current=True)
    return found.order_by("-is_current", "name_en", "pk")


def proposals(actor: AnyActor, version: CurriculumVersion) -> list[Proposal]:
    """What was proposed for the version, in order, each with its answers. `version` is one that the actor sees."""
    said = list(Review.objects.filter(version=version).select_related("organisation").order_by("on", "pk"))
    answers: dict[int, list[Review]] = {}
    for one in said:
        if one.answers_id is not None:
            answers.setdefault(one.answers_id, []).append(one)
    return [
        Proposal(one, tuple(replies), outcome(reply.step for reply in replies))
        for one in said
        if one.answers_id is None
        for replies in [answers.get(one.pk, [])]
    ]


def version_before(actor: AnyActor, version: CurriculumVersion) -> CurriculumVersion | None:
    """The version that stood before this one, with its modules."""
    found = versions(actor, version.curriculum).filter(number__lt=version.number)
    return found.prefetch_related(_modules()).first()


def compared(
    before: CurriculumVersion, after: CurriculumVersion
) -> list[tuple[Difference, Module | None, Module | None]]:
    """How two versions read with their modules differ, module by module."""
    old, new = list(before.modules.all()), list(after.modules.all())
    found = differences([_text(one) for one in old], [_text(one) for one in new])
    return [
        (one, old[one.before - 1] if one.before else None, new[one.after - 1] if one.after else None) for one in found
    ]


def uses(actor: AnyActor, version: CurriculumVersion) -> list[tuple[Activity, list[SessionUse]]]:
    """Where the version was used, as far as the actor sees the activities; the latest first."""
    found = SessionUse.objects.filter(version=version, session__activity__in=activities(actor))
    rows = found.select_related(
        "session__activity__organisation", "session__activity__place", "module", "session__activity__programme"
    ).order_by("session__number", "module__number", "pk")
    by_activity: dict[int, tuple[Activity, list[SessionUse]]] = {}
    for one in rows:
        activity = one.session.activity
        by_activity.setdefault(activity.pk, (activity, []))[1].append(one)
    return sorted(by_activity.values(), key=lambda one: (one[0].starts_on, one[0].pk), reverse=True)


def uses_of(actor: AnyActor, activity: Activity) -> list[SessionUse]:
    """What the sessions of an activity taught, by session and module; nothing where the activity is out of sight."""
    found = SessionUse.objects.filter(session__activity=activity, session__activity__in=activities(actor))
    return list(
        found.select_related("session", "module", "version__curriculum").order_by(
            "session__number", "module__number", "pk"
        )
    )


def usable(actor: AnyActor, activity: Activity) -> Sequence[CurriculumVersion]:
    """The versions its sessions may have used: of its programme, agreed by its last day, the latest first; those no
    longer in use last."""
    found = CurriculumVersion.objects.filter(
        curriculum__in=curricula(actor),
        curriculum__programme=activity.programme_id,
        agreed_on__lte=activity.ends_on,
    )
    found = found.exclude(state=_State.DRAFT).select_related("curriculum").prefetch_related(_modules())
    return sorted(found, key=lambda one: (one.state == _State.RETIRED, one.curriculum.title_en, -one.number))


def may_edit(actor: AnyActor, curriculum: Curriculum) -> bool:
    where = {"organisation_id": curriculum.organisation_id, "programme_id": curriculum.programme_id}
    return may(actor, Action.EDIT_CURRICULUM, **where)


def is_used(version: CurriculumVersion) -> bool:
    """Whether a session taught it or a series is planned on it."""
    return version.uses.exists() or Series.objects.filter(version=version).exists()


def counts_of_use(actor: AnyActor, found: Sequence[CurriculumVersion]) -> Mapping[int, int]:
    """How many sessions in the actor's sight used each version."""
    seen = Q(session__activity__in=activities(actor))
    rows = SessionUse.objects.filter(seen, version__in=found).values_list("version")
    return dict(rows.annotate(n=Count("session", distinct=True)).order_by())


def _modules() -> Any:
    materials = Prefetch("materials", Material.objects.defer("content").order_by("language", "name"))
    held = Module.objects.order_by("number").prefetch_related("themes", materials)
    return Prefetch("modules", held)


def _text(one: Module) -> ModuleText:
    return ModuleText(
        one.title_km,
        one.title_en,
        one.aims_km,
        one.aims_en,
        one.minutes,
        frozenset(theme.key for theme in one.themes.all()),
        frozenset(f"{material.language} {material.name}" for material in one.materials.all()),
    )
