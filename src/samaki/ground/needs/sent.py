"""Learning needs as forms send them, many at once. A need is corrected by its own form as long as it waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.groups.naming import groups_named
from samaki.ground.needs.models import LearningNeed
from samaki.ground.needs.operations import LONGEST
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.locks import lock_over, locked_periods
from samaki.ground.places.naming import places_named
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import Act, record_all
from samaki.kernel.database.bulk import among, rows_among
from samaki.kernel.errors import Conflict, DomainError, Invalid, RowsInvalid
from samaki.kernel.leave import Leave
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope

Fault = tuple[int, DomainError]
_State = LearningNeed.State


@dataclass(frozen=True)
class SentNeed:
    """What a form says they ask to learn; `group` and `place` stand as written, "" where nothing is."""

    origin: str
    by: AnyActor
    raised_on: dt.date
    raised_by: str
    text: str
    group: str = ""
    place: str = ""


def take_needs(sent: Sequence[SentNeed], *, programme_id: int, organisation_id: int, at: dt.datetime) -> None:
    """Writes the needs, replacing what each origin asked before; the same again changes nothing.

    Raises RowsInvalid naming each faulty one: Refused; Invalid: text_wanted, not_an_answer, date_in_future,
    no_such_group, group_ambiguous, place_unknown, place_ambiguous; Conflict: need_handled (put in order, answered or
    declined since: what was decided was about the words as they stood), period_locked. Call in a transaction.
    """
    if not sent:
        return
    with transaction.atomic():
        programme = Programme.objects.get(pk=programme_id)
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
        scope = Scope(organisation_id=organisation_id, programme_id=programme_id)
        before = _of_origins([one.origin for one in sent], scope)
        places = places_named(one.place for one in sent if one.place)
        groups = groups_named(
            (one.group for one in sent if one.group), programme_id=programme_id, organisation_id=organisation_id
        )
        leave = Leave(organisation_id=organisation_id, programme_id=programme_id)
        today = timezone.localdate(at)
        _refuse(
            (index, fault)
            for index, one in enumerate(sent)
            for fault in _faults(one, places, groups, before.get(one.origin), leave, today)
        )
        changing: list[tuple[SentNeed, LearningNeed]] = []
        held: list[Fault] = []
        locks = locked_periods(programme)
        for index, one in enumerate(sent):
            need = before.get(one.origin) or LearningNeed(
                **scope, origin=one.origin, is_example=organisation.is_example, revision=0
            )
            days = {one.raised_on, *([need.raised_on] if need.pk else [])}
            if not _fill(need, one, places, groups):
                continue
            if need.pk and need.state != _State.RAISED:
                words = _("This need was put in order, answered or declined since. It can be corrected on its page.")
                held.append((index, Conflict("need_handled", words, field="text")))
            held += [(index, lock) for day in days if (lock := lock_over(locks, day)) is not None][:1]
            changing.append((one, need))
        _refuse(iter(held))
        for _one, need in changing:
            need.revision += 1
            need.save()
        record_all(
            [_act(one.by, "need.raise" if need.revision == 1 else "need.correct", need) for one, need in changing]
        )


def needs_of(origins: Sequence[str]) -> Mapping[str, int]:
    """The key of the need each origin became. Asks nobody's leave."""
    return {origin: pk for pk, origin in rows_among(LearningNeed, ("id", "origin"), "origin", origins)}


def take_back_needs(origins: Sequence[str], *, programme_id: int, organisation_id: int, by: AnyActor) -> None:
    """Removes what the origins asked, and then nothing else. Raises Refused; Conflict: need_handled, period_locked."""
    scope = Scope(organisation_id=organisation_id, programme_id=programme_id)
    leave = Leave(organisation_id=organisation_id, programme_id=programme_id)
    locks = locked_periods(Programme.objects.get(pk=programme_id))
    with transaction.atomic():
        found = _of_origins(origins, scope).values()
        for need in found:
            if (refusal := leave.refusal(by, Action.RAISE_NEED, need.group_id)) is not None:
                raise refusal
            if need.state != _State.RAISED:
                words = _("This need was put in order, answered or declined since and stays.")
                raise Conflict("need_handled", words)
            if (lock := lock_over(locks, need.raised_on)) is not None:
                raise lock
        record_all([_act(by, "need.take_back", need) for need in found])
        LearningNeed.objects.filter(pk__in=[need.pk for need in found]).delete()


def _of_origins(origins: Sequence[str], scope: Scope) -> dict[str, LearningNeed]:
    found = LearningNeed.objects.select_for_update(no_key=True).filter(among("origin", origins), **scope)
    return {need.origin: need for need in found}


def _faults(
    one: SentNeed,
    places: Mapping[str, int | DomainError],
    groups: Mapping[str, Group | DomainError],
    stood: LearningNeed | None,
    leave: Leave,
    today: dt.date,
) -> Iterator[DomainError]:
    place, group = places.get(one.place), groups.get(one.group)
    touched = {group.pk if isinstance(group, Group) else None, *([stood.group_id] if stood else [])}
    for group_id in touched:
        if (refusal := leave.refusal(one.by, Action.RAISE_NEED, group_id)) is not None:
            yield refusal
            return
    yield from (fault for fault in (place, group) if isinstance(fault, DomainError))
    if not 0 < len(one.text.strip()) <= LONGEST:
        yield Invalid("text_wanted", _("Please write what they ask to learn."), field="text")
    if one.raised_by not in LearningNeed.RaisedBy.values:
        yield Invalid("not_an_answer", _("Please choose one of the answers."), field="raised_by")
    if one.raised_on > today:
        words = _("This date has not come yet. Please choose today or an earlier day.")
        yield Invalid("date_in_future", words, field="raised_on")


def _fill(
    need: LearningNeed,
    one: SentNeed,
    places: Mapping[str, int | DomainError],
    groups: Mapping[str, Group | DomainError],
) -> bool:
    """Whether the need says anything else by it. Without a place it is its group's."""
    place, group = places.get(one.place), groups.get(one.group)
    group_id = group.pk if isinstance(group, Group) else None
    place_id = place if isinstance(place, int) else group.place_id if isinstance(group, Group) else None
    now = (group_id, place_id, one.raised_by, one.raised_on, one.text.strip())
    was = (need.group_id, need.place_id, need.raised_by, need.raised_on, need.text)
    need.group_id, need.place_id, need.raised_by, need.raised_on, need.text = now
    return need.pk is None or now != was


def _refuse(faults: Iterator[Fault]) -> None:
    if found := list(faults):
        raise RowsInvalid(found)


def _act(by: AnyActor, action: str, need: LearningNeed) -> Act:
    scope = Scope(organisation_id=need.organisation_id, programme_id=need.programme_id)
    return Act(by, action, ("needs.learningneed", need.pk), **scope, details={"origin": need.origin})
