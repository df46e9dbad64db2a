"""Learning needs are T2: the programme's own people read them; nobody is named in one."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity
from samaki.ground.activities.queries import activities
from samaki.ground.groups.models import Group
from samaki.ground.needs.models import LearningNeed
from samaki.ground.places.queries import below
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach

OPEN = (LearningNeed.State.RAISED, LearningNeed.State.PRIORITISED)
TRAININGS = (Activity.Kind.TRAINING, Activity.Kind.TRAINING_OF_TRAINERS, Activity.Kind.WORKSHOP)


def needs(actor: AnyActor, programme: Programme | None = None) -> QuerySet[LearningNeed]:
    """Needs within the actor's sight; a group coordinator sees her own group's."""
    found = LearningNeed.objects.filter(reach(actor, Action.SEE_PROGRAMME).q(group="group_id"))
    if programme is not None:
        found = found.filter(programme=programme)
    return found.select_related("programme", "organisation", "group", "place", "answered_by")


def waiting(actor: AnyActor, programme: Programme | None = None) -> QuerySet[LearningNeed]:
    """Those neither answered nor declined, the longest waiting first."""
    return needs(actor, programme).filter(state__in=OPEN).order_by("raised_on", "pk")


def in_order(actor: AnyActor, programme: Programme | None = None) -> QuerySet[LearningNeed]:
    """Those that were put in order, by organisation in their order."""
    found = needs(actor, programme).filter(state=LearningNeed.State.PRIORITISED)
    return found.order_by("organisation__name_latin", "programme_id", "priority", "pk")


def closed(actor: AnyActor, programme: Programme | None = None) -> QuerySet[LearningNeed]:
    """Those answered or declined, the latest first."""
    return needs(actor, programme).exclude(state__in=OPEN).order_by("-closed_on", "-pk")


def need(actor: AnyActor, need_id: int) -> LearningNeed:
    """Raises NotFound, saying the same whether it exists or not."""
    found = needs(actor).filter(pk=need_id).first()
    if found is None:
        raise NotFound("no_such_need", _("There is no such learning need."))
    return found


def of_group(actor: AnyActor, group: Group) -> QuerySet[LearningNeed]:
    return needs(actor).filter(group=group).order_by("-raised_on", "-pk")


def of_place(actor: AnyActor, code: str) -> QuerySet[LearningNeed]:
    """Those of a place and of the places inside it."""
    return needs(actor).filter(Q(place__code=code) | Q(place__in=below([code]))).order_by("-raised_on", "-pk")


def answering(actor: AnyActor, need: LearningNeed) -> QuerySet[Activity]:
    """The trainings that may answer a need: of its programme, held since it was asked, the latest first."""
    found = activities(actor).filter(programme=need.programme_id, state=Activity.State.HELD, kind__in=TRAININGS)
    return found.filter(ends_on__gte=need.raised_on)


def answered_by(actor: AnyActor, activity: Activity) -> QuerySet[LearningNeed]:
    """The needs a training answered."""
    return needs(actor).filter(answered_by=activity).order_by("raised_on", "pk")
