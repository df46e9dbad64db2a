"""Whom to see next (T3): whose certificate lapses or has lapsed, and who is to be followed up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action, reach
from samaki.strands.learning.models import FollowUp, Series
from samaki.strands.learning.queries.practice import Practice, practices
from samaki.strands.learning.queries.series import CANONICAL, completions
from samaki.strands.learning.rules import EARLIEST, LATEST, months_after
from samaki.strands.learning.rules.practice import SOON_DAYS, Completion, Standing, months_before


@dataclass(frozen=True)
class ToFollowUp:
    """Somebody who completed the series, not followed up yet, and the last day on which it counts."""

    person_id: int
    series: Series
    until: dt.date


def refreshers_due(actor: AnyActor, *, on: dt.date, programme_id: int | None = None) -> list[Practice]:
    """Those whose certificate has lapsed or does so soon, the earliest first."""
    soon = on + dt.timedelta(days=SOON_DAYS)
    known = practices(actor, on=on, programme_id=programme_id)
    due = [
        (one.stand.until, one)
        for one in known
        if one.stand.until is not None and (one.stand.standing is Standing.LAPSED or one.stand.until <= soon)
    ]
    return [one for _until, one in sorted(due, key=lambda pair: (pair[0], pair[1].person_id))]


def follow_ups_due(actor: AnyActor, *, on: dt.date, programme_id: int | None = None) -> list[ToFollowUp]:
    """Those who completed a series three to six months before the day and have not been followed up since."""
    found = Series.objects.filter(
        reach(actor, Action.SEE_PEOPLE).q(),
        ends_on__gte=months_before(on, LATEST),
        ends_on__lte=on,
    ).exclude(kind=Series.Kind.REFRESHER)
    if programme_id is not None:
        found = found.filter(programme=programme_id)
    series = {one.pk: one for one in found if one.ends_on and months_after(one.ends_on, EARLIEST) <= on}
    seen = set(_followed_up(list(series)))
    due = [
        ToFollowUp(person_id, series[series_id], months_after(series[series_id].ends_on or on, LATEST))
        for (series_id, person_id), told in completions(series).items()
        if told.completed is Completion.YES and (series_id, person_id) not in seen
    ]
    return sorted(due, key=lambda one: (one.until, one.person_id))


def _followed_up(series_ids: Sequence[int]) -> list[tuple[int, int]]:
    found = FollowUp.objects.filter(in_window=True, activity__in_series__series__in=series_ids)
    return list(found.annotate(whose=CANONICAL).values_list("activity__in_series__series_id", "whose"))
