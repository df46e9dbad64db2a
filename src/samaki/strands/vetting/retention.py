"""What was said of somebody who was rejected goes after a year; what keeps others safe stays: a bar and its reason, and
what was alleged of a member."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.people.erasing import NamesGo
from samaki.ground.people.models import PersonIdentity
from samaki.kernel.actors import AnyActor
from samaki.kernel.keyrings import erasures
from samaki.kernel.policy import Action
from samaki.kernel.registry import reactions
from samaki.kernel.retention import Due, Rule, last_due, months_after, rules
from samaki.kernel.sealed import SALT_BYTES, slot_of
from samaki.strands.vetting.models import Allegation, Bar, Candidacy, CandidacyKey, Exemption, Question, Step
from samaki.strands.vetting.operations.moving import lapse

MONTHS = 12
_State = Candidacy.State


def due(on: dt.date) -> Iterator[Due]:
    rejected = Candidacy.objects.filter(
        state=_State.REJECTED, decided_on__lte=last_due(on, MONTHS), key__isnull=False, is_example=False
    )
    for candidacy in _not_exempt(rejected).order_by("decided_on", "pk"):
        if candidacy.decided_on is not None and (day := months_after(candidacy.decided_on, MONTHS)) <= on:
            yield Due(candidacy.pk, f"V{candidacy.pk:06d}", candidacy.organisation_id, day)


def let_go(ids: Collection[int], by: AnyActor, at: dt.datetime) -> Mapping[str, int]:
    gone: Counter[str] = Counter()
    still = {one.id for one in due(timezone.localdate(at))} & set(ids)
    for candidacy in Candidacy.objects.select_for_update(of=("self",)).filter(pk__in=still).order_by("pk"):
        gone["candidacies"] += 1
        gone["reasons"] += _forget(candidacy)
    return gone


@reactions.on(NamesGo)
def forget_what_was_said(event: NamesGo) -> None:
    """What was said in vetting holds names, and what was alike with a barred name tells of one. Of one programme alone
    nothing goes before its own time."""
    if event.programme_id is None:
        Exemption.objects.filter(person__in=event.person_ids).delete()
        lapse(Question.objects.filter(candidacy__person__in=event.person_ids), timezone.localdate(event.at))
        for candidacy in _not_exempt(Candidacy.objects.filter(person__in=event.person_ids)):
            _forget(candidacy)


def forget_again(lines: erasures.Lines) -> int:
    """In an older database put back: what was said opens no more there either, so no page tries to."""
    slots = erasures.slots_among(lines)
    keys = CandidacyKey.objects.values_list("pk", "salt")
    lost = [pk for pk, salt in keys.iterator() if slot_of(salt) in slots]
    for candidacy in Candidacy.objects.filter(pk__in=lost).order_by("pk"):
        _forget(candidacy)
    return len(lost)


def part_again(_lines: erasures.Lines) -> int:
    """In an older database put back, of whose names went again just before this: what was alike with a barred name."""
    gone, _each = Exemption.objects.exclude(person__in=PersonIdentity.objects.values("person")).delete()
    return gone


erasures.replays.register(erasures.Replay("vetting.candidacies", erasures.SLOT, forget_again))
erasures.replays.register(erasures.Replay("vetting.exemptions", erasures.SLOT, part_again))


def _not_exempt(found: QuerySet[Candidacy]) -> QuerySet[Candidacy]:
    """Without those barred or of whom something was alleged that was not found untrue: safety outranks forgetting."""
    barred = Bar.objects.exclude(appeal=Bar.Appeal.LIFTED).filter(person__isnull=False).values("person")
    alleged = Allegation.objects.exclude(upheld=False).values("candidacy")
    return found.exclude(person__in=barred).exclude(state=_State.BARRED).exclude(pk__in=alleged)


def _forget(candidacy: Candidacy) -> int:
    keys = CandidacyKey.objects.filter(pk=candidacy.pk)
    erasures.destroy(keys.values_list("salt", flat=True))
    keys.update(salt=bytes(SALT_BYTES))
    keys.delete()
    steps = Step.objects.filter(candidacy=candidacy).exclude(words=b"").update(words=b"")
    return steps + Allegation.objects.filter(candidacy=candidacy).exclude(words=b"").update(words=b"")


rules.register(
    Rule(
        "vetting",
        _("Reasons of vetting rejected a year ago"),
        _("What was said, and by whom, goes, in copies too. That he was rejected stays; a bar and its reason stay."),
        {"candidacies": _("Candidacies"), "reasons": _("What was said at a step")},
        sees=Action.VET,
        runs=Action.LET_GO,
        due=due,
        let_go=let_go,
    )
)
