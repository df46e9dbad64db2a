"""Certificates: whose each is (T3), and what anybody may learn of a code (T1): whether it stands, and nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from samaki.ground.people.identities import Identity
from samaki.ground.people.models import PersonKey
from samaki.ground.people.queries import reveal
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach
from samaki.strands.learning.models import Certification, CoachingVisit, Series
from samaki.strands.learning.queries.practice import stands
from samaki.strands.learning.queries.series import scope_of
from samaki.strands.learning.rules.practice import Stand, Standing, is_code
from samaki.strands.learning.sealing import opened_notes


@dataclass(frozen=True)
class Shown:
    """What a code opens. `title_km` and `title_en` are the curriculum's, "" where none is known; a series' own title
    may name a place, so it stays inside."""

    standing: Standing
    title_km: str
    title_en: str
    kind: str  # of the series
    certified_on: dt.date


def certification(actor: AnyActor, certification_id: int) -> Certification:
    """Raises NotFound, saying the same whether it exists."""
    found = Certification.objects.filter(reach(actor, Action.SEE_PEOPLE).q(), pk=certification_id)
    one = found.select_related("programme", "organisation", "series__version__curriculum", "person").first()
    if one is None:
        raise NotFound("no_such_certificate", _("There is no such certificate."))
    return one


def stand_of(actor: AnyActor, certification: Certification, *, on: dt.date) -> Stand:
    """How a certificate that was found stands on a day."""
    return _stand(certification, on)


def holder(actor: AnyActor, certification: Certification) -> Identity:
    """The name to print; each opening is written to the audit trail. Raises Refused, NotFound("name_erased")."""
    return reveal(actor, certification.person_id, "certificate")


def shown_by_code(actor: AnyActor, code: str, *, on: dt.date) -> Shown | None:
    """For anybody. None where no certificate has the code, or its holder withdrew; as many statements either way."""
    wanted = code if is_code(code) else ""
    found = Certification.objects.filter(code=wanted, person__withdrawn_at__isnull=True, certified_on__lte=on)
    one = found.select_related("series__version__curriculum", "person").first()
    stand = _stand(one or Certification(programme_id=0, person_id=0, certified_on=on), on, known=one is not None)
    if one is None:
        return None
    curriculum = one.series.version.curriculum if one.series and one.series.version else None
    return Shown(
        stand.standing,
        curriculum.title_km if curriculum else "",
        curriculum.title_en if curriculum else "",
        one.series.kind if one.series else Series.Kind.TRAINING_OF_TRAINERS.value,
        one.certified_on,
    )


def notes_of(actor: AnyActor, visit_id: int) -> tuple[CoachingVisit, str]:
    """A coaching visit and what was noted, each reading in the audit trail. Raises NotFound."""
    found = CoachingVisit.objects.filter(reach(actor, Action.CERTIFY).q(), pk=visit_id).select_related("person").first()
    if found is None:
        raise NotFound("no_such_visit", _("There is no such visit."))
    record(actor, "learning.read_visit", found, **scope_of(found))
    key = PersonKey.objects.filter(pk=found.person_id).first()
    return found, opened_notes(found, key) if key is not None else ""


def _stand(one: Certification, on: dt.date, *, known: bool = True) -> Stand:
    person_id = (one.person.merged_into_id or one.person_id) if known else 0
    found = stands(one.programme_id, [person_id], on=on).get(person_id, Stand(Standing.NEVER))
    if one.withdrawn_on is not None and one.withdrawn_on <= on:
        return Stand(Standing.WITHDRAWN)
    return found
