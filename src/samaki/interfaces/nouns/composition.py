"""What a group is made of, by gender as each member told it, from year to year: a chart inside, a file for outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from samaki.engines.results import queries as results
from samaki.ground.groups import queries
from samaki.ground.groups.models import Group
from samaki.ground.groups.queries import Composition
from samaki.ground.people.models import Gender
from samaki.interfaces.figures.cells import as_csv
from samaki.kernel.actors import PUBLIC, AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.figures import FigureQuery
from samaki.ui import words
from samaki.ui.charts import Chart, Stack, stacked
from samaki.ui.requests import ActorRequest

INDICATOR = "working_group_composition"


def in_words(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each gender that somebody told, in the order of the list, with its number."""
    return [(str(gender.label), counts[gender.value]) for gender in Gender if counts.get(gender.value)]


def over_time(actor: AnyActor, group: Group, today: dt.date, csv: str = "") -> Chart | None:
    """A column for each year's end and one for today; None where there is no run of years to show."""
    found = queries.composition_over_time(actor, group, today)
    if len(found) < 2 or not found[0].known:
        return None
    told = {value for one in found for value in one.by_gender}
    parts = {gender.value: str(gender.label) for gender in Gender if gender.value in told}
    *years, last = found
    stacks = [Stack(str(one.on.year), one.by_gender) for one in years] + [Stack(_("Now"), last.by_gender)]
    caption = _("Members at the end of each year, by gender")
    return stacked(stacks, parts, finding=_finding(years[0], last), caption=caption, what=_("End of year"), csv=csv)


def _finding(first: Composition, last: Composition) -> str:
    """What the group was at the end of its first year and what it is now."""
    return _("At the end of %(year)s: %(then)s. Now: %(now)s.") % {
        "year": first.on.year,
        "then": _said(first),
        "now": _said(last),
    }


def _said(one: Composition) -> str:
    shown = [f"{label} {words.number(count)}" for label, count in in_words(one.by_gender)]
    return ", ".join(shown) or _("nobody")


@require_GET
def composition_csv(request: ActorRequest, key: str) -> HttpResponse:
    """The composition of the programme's working groups at each year's end, as it may be published: a file leaves the
    house, so it passes the door as the public's does. Raises NotFound for a group of which nothing is published."""
    group = queries.group(request.actor, key)
    today = timezone.localdate()
    days = [one.on for one in queries.composition_over_time(request.actor, group, today) if one.on != today]
    if not publishes(group) or not days:
        raise NotFound("not_published", _("Nothing of this group is published."))
    asked = [FigureQuery(group.programme.key, INDICATOR, as_of=day, by=("gender",)) for day in days]
    dated = [
        replace(one, period=day.isoformat()) for day, one in zip(days, results.figures(PUBLIC, asked), strict=True)
    ]
    first, *rest = [as_csv(one, ("gender",)) for one in dated]
    text = "\ufeff" + first + "".join(one.partition("\r\n")[2] for one in rest)
    headers = {"Content-Disposition": f'attachment; filename="{group.programme.key}-working-group-composition.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def publishes(group: Group) -> bool:
    """Whether the composition of such a group is an indicator."""
    return group.kind == Group.Kind.WORKING_GROUP and group.keeps_names
