"""Writes of learning needs: asked, put in order, answered by a training or declined with a reason, opened again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity
from samaki.ground.groups.models import Group
from samaki.ground.needs.models import LearningNeed
from samaki.ground.needs.queries import TRAININGS
from samaki.ground.needs.rules import put_in
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.locks import refuse_locked
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme, ProgrammeRole
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, expect_revision

LONGEST = 2_000
_State = LearningNeed.State


def raise_need(
    *,
    programme: Programme,
    organisation: Organisation,
    group: Group | None,
    place: Place | None,
    raised_by: str,
    raised_on: dt.date,
    text: str,
    origin: str = "",
    by: AnyActor,
    at: dt.datetime,
) -> LearningNeed:
    """What a community or partner asks to learn; without a place it is its group's. Raises Invalid: not_in_programme,
    no_such_group (not of this organisation in this programme), text_wanted, not_an_answer, date_in_future; Conflict
    ("period_locked")."""
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    group_id = group.pk if group else None
    with acting(by, Action.RAISE_NEED, ("needs.learningneed", ""), **scope, group_id=group_id):
        if not ProgrammeRole.objects.filter(programme=programme, organisation=organisation).exists():
            words = _("This organisation has no part in the programme.")
            raise Invalid("not_in_programme", words, field="organisation")
        _expect_own(group, scope)
        _expect_asked(raised_by, raised_on, text, at)
        refuse_locked(programme, raised_on)
        need = LearningNeed.objects.create(
            **scope,
            group=group,
            place=place or (group.place if group else None),
            raised_by=raised_by,
            raised_on=raised_on,
            text=text.strip(),
            origin=origin,
            is_example=organisation.is_example,
        )
        record(by, "need.raise", need, **scope)
    return need


def correct_need(
    *,
    need: LearningNeed,
    revision: int,
    group: Group | None,
    place: Place | None,
    raised_by: str,
    raised_on: dt.date,
    text: str,
    by: AnyActor,
    at: dt.datetime,
) -> LearningNeed:
    """Raises as `raise_need`; Invalid("dates_out_of_order") where it was put in order or closed before that day, and
    Conflict where somebody saved it after `revision`."""
    yours = {
        "group_id": group and group.pk,
        "place_id": place and place.pk,
        "raised_on": raised_on,
        "text": text.strip(),
    }
    with acting(by, Action.RAISE_NEED, need, **_scope(need), group_id=need.group_id):
        need = _locked(need, revision, yours)
        _expect_own(group, _scope(need))
        _expect_asked(raised_by, raised_on, text, at)
        if any(day is not None and day < raised_on for day in (need.prioritised_on, need.closed_on)):
            raise Invalid("dates_out_of_order", _("It was put in order or closed before that day."), field="raised_on")
        if raised_on != need.raised_on or raised_by != need.raised_by:
            refuse_locked(need.programme, raised_on, need.raised_on)
        need.group, need.raised_by, need.raised_on, need.text = group, raised_by, raised_on, text.strip()
        need.place = place or (group.place if group else None)
        _save(need)
        record(by, "need.correct", need, **_scope(need), details={"fields": sorted(yours)})
    return need


def prioritise_need(
    *, need: LearningNeed, revision: int, place_in_order: int, on: dt.date, by: AnyActor, at: dt.datetime
) -> LearningNeed:
    """Puts a need that waits at a place, from 1, in the order of its organisation in the programme; those behind it
    move one further. Raises Conflict("need_closed"), Invalid for a day that is to come or before it was asked."""
    with acting(by, Action.ANSWER_NEED, need, **_scope(need), group_id=need.group_id):
        Organisation.objects.select_for_update(no_key=True).get(pk=need.organisation_id)  # one order, one writer
        need = _locked(need, revision, {"priority": place_in_order})
        _expect_waiting(need)
        _expect_day(on, need, at, "on")
        standing = LearningNeed.objects.filter(**_scope(need), state=_State.PRIORITISED).exclude(pk=need.pk)
        others = {one.pk: one for one in standing.select_for_update().order_by("priority", "pk")}
        order = put_in(list(others), need.pk, place_in_order)
        for number, pk in enumerate(order, start=1):
            one = others.get(pk, need)
            if pk != need.pk and one.priority == number:
                continue
            one.priority = number
            if pk == need.pk:
                need.state, need.prioritised_on = _State.PRIORITISED, need.prioritised_on or on
            _save(one)
        record(by, "need.prioritise", need, **_scope(need), details={"priority": need.priority})
    return need


def answer_need(
    *, need: LearningNeed, revision: int, activity: Activity, by: AnyActor, at: dt.datetime
) -> LearningNeed:
    """Answered by a training, on its last day. Raises Conflict("need_closed"); Invalid("no_such_training") for an
    activity of another programme, one that is no training, was not held, or ended before the need was asked."""
    with acting(by, Action.ANSWER_NEED, need, **_scope(need), group_id=need.group_id):
        need = _locked(need, revision, {"answered_by_id": activity.pk})
        _expect_waiting(need)
        held = activity.state == Activity.State.HELD and activity.kind in TRAININGS
        if activity.programme_id != need.programme_id or not held or activity.ends_on < need.raised_on:
            words = _("Please choose a training of this programme that was held since the need was asked.")
            raise Invalid("no_such_training", words, field="activity")
        need.state, need.answered_by, need.closed_on = _State.ANSWERED, activity, activity.ends_on
        _save(need)
        record(by, "need.answer", need, **_scope(need), details={"activity": activity.key})
    return need


def decline_need(
    *, need: LearningNeed, revision: int, because: str, on: dt.date, by: AnyActor, at: dt.datetime
) -> LearningNeed:
    """Raises Conflict("need_closed"); Invalid: reason_wanted, and for a day to come or before it was asked."""
    with acting(by, Action.ANSWER_NEED, need, **_scope(need), group_id=need.group_id):
        need = _locked(need, revision, {"declined_because": because})
        _expect_waiting(need)
        _expect_day(on, need, at, "on")
        if not because.strip() or len(because) > LONGEST:
            raise Invalid("reason_wanted", _("Please write why it is declined."), field="because")
        need.state, need.declined_because, need.closed_on = _State.DECLINED, because.strip(), on
        _save(need)
        record(by, "need.decline", need, **_scope(need))
    return need


def reopen_need(*, need: LearningNeed, revision: int, by: AnyActor, at: dt.datetime) -> LearningNeed:
    """Takes an answer or a no back: it waits again, last in the order where it stood in one. Raises
    Conflict("need_waits") where it was not closed."""
    with acting(by, Action.ANSWER_NEED, need, **_scope(need), group_id=need.group_id):
        Organisation.objects.select_for_update(no_key=True).get(pk=need.organisation_id)
        need = _locked(need, revision, {"state": _State.RAISED.value})
        if need.closed_on is None:
            raise Conflict("need_waits", _("This need has not been answered or declined."))
        answered_by = need.answered_by_id
        need.answered_by, need.closed_on, need.declined_because = None, None, ""
        if need.priority is None:
            need.state = _State.RAISED
        else:
            need.state = _State.PRIORITISED
            need.priority = LearningNeed.objects.filter(**_scope(need), state=_State.PRIORITISED).count() + 1
        _save(need)
        record(by, "need.reopen", need, **_scope(need), details={"was_answered_by": answered_by})
    return need


def _scope(need: LearningNeed) -> Scope:
    return Scope(organisation_id=need.organisation_id, programme_id=need.programme_id)


def _locked(need: LearningNeed, revision: int, yours: Mapping[str, object]) -> LearningNeed:
    found = LearningNeed.objects.select_for_update(of=("self",), no_key=True).select_related("programme")
    need = found.get(pk=need.pk)
    expect_revision(need, revision, yours)
    return need


def _save(need: LearningNeed) -> None:
    need.revision += 1
    need.save()


def _expect_waiting(need: LearningNeed) -> None:
    if need.closed_on is not None:
        raise Conflict("need_closed", _("This need has been answered or declined already."))


def _expect_own(group: Group | None, scope: Scope) -> None:
    if group is None:
        return
    if (group.organisation_id, group.programme_id) != (scope["organisation_id"], scope["programme_id"]):
        words = _("Please choose a group of your organisation in this programme.")
        raise Invalid("no_such_group", words, field="group")


def _expect_asked(raised_by: str, raised_on: dt.date, text: str, at: dt.datetime) -> None:
    if not 0 < len(text.strip()) <= LONGEST:
        raise Invalid("text_wanted", _("Please write what they ask to learn."), field="text")
    if raised_by not in LearningNeed.RaisedBy.values:
        raise Invalid("not_an_answer", _("Please choose one of the answers."), field="raised_by")
    _expect_past(raised_on, at, "raised_on")


def _expect_day(day: dt.date, need: LearningNeed, at: dt.datetime, field: str) -> None:
    _expect_past(day, at, field)
    if day < need.raised_on:
        raise Invalid("dates_out_of_order", _("That day is before it was asked."), field=field)


def _expect_past(day: dt.date, at: dt.datetime, field: str) -> None:
    if day > timezone.localdate(at):
        words = _("This date has not come yet. Please choose today or an earlier day.")
        raise Invalid("date_in_future", words, field=field)
