"""What was said in vetting, and who the candidate is: opened with a reason, which is kept in the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Model
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samaki.ground.clearances.standing import records_of
from samaki.ground.people.identities import Identity, opened
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import Invalid, NotFound
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope
from samaki.strands.vetting import sealing
from samaki.strands.vetting.models import Bar, Candidacy
from samaki.strands.vetting.queries.candidates import NOWHERE, candidacy_of


@dataclass(frozen=True)
class Said:
    """One thing that was told; `words` "": nothing was written down."""

    what: str | Promise
    on: dt.date
    words: str = field(repr=False)


def words(actor: AnyActor, candidacy_id: int, *, reason: str, at: dt.datetime) -> tuple[Candidacy, tuple[Said, ...]]:
    """All that was said of the candidate, allegations and bars too. Raises Refused, NotFound,
    Invalid("reason_wanted")."""
    with keeping_refusals(actor, Action.VET, ("vetting.candidacy", candidacy_id), **NOWHERE):
        one = _asked(actor, candidacy_id, reason, at)
        found = sorted(_said(one), key=lambda said: said.on)
        _keep(actor, "read_vetting_words", one, one, reason)
    return one, tuple(found)


def name(actor: AnyActor, candidacy_id: int, *, reason: str, at: dt.datetime) -> tuple[Candidacy, Identity]:
    """Raises as `words`, and NotFound("name_erased") after a withdrawal."""
    with keeping_refusals(actor, Action.VET, ("vetting.candidacy", candidacy_id), **NOWHERE):
        one = _asked(actor, candidacy_id, reason, at)
        found = opened([one.person_id]).get(one.person_id)
        if found is None:
            raise NotFound("name_erased", _("This person withdrew. Her name is no longer here."))
        _keep(actor, "people.reveal", one.person, one, reason)
    return one, found


def _asked(actor: AnyActor, candidacy_id: int, reason: str, at: dt.datetime) -> Candidacy:
    one = candidacy_of(actor, candidacy_id, on=timezone.localdate(at))
    if not reason.strip():
        raise Invalid("reason_wanted", _("Please say why. The reason is kept."), field="reason")
    return one


def _keep(actor: AnyActor, action: str, on: Model, one: Candidacy, reason: str) -> None:
    scope = Scope(organisation_id=one.organisation_id, programme_id=one.programme_id)
    record(actor, action, on, **scope, reason=reason.strip())


def _said(one: Candidacy) -> Iterator[Said]:
    salt = sealing.salt_of(one)
    for step in one.steps.order_by("pk"):
        context = sealing.of_step(one.pk, step.kind, step.taken_on)
        yield Said(step.get_kind_display(), step.taken_on, sealing.opened(bytes(step.words), salt, context))
    for told in one.allegations.order_by("pk"):
        context = sealing.of_allegation(one.pk, told.received_on)
        yield Said(_("Allegation"), told.received_on, sealing.opened(bytes(told.words), salt, context))
    own = Bar.objects.filter(person__in=records_of(one.person_id), organisation=one.organisation_id)
    for bar in own.order_by("pk"):
        context = sealing.of_bar(bar.organisation_id, bar.barred_on)
        yield Said(_("Bar"), bar.barred_on, sealing.opened(bytes(bar.reason), bytes(bar.salt), context))
