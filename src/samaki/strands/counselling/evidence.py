"""How cases, group reports and owed months read behind a figure: a man is a code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.db.models import Count, Max, Min
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.kernel.evidence import IndicatorFile, RowSource, indicator_files, row_sources
from samaki.kernel.policy import Action
from samaki.strands.counselling.measures import group_and_month
from samaki.strands.counselling.models import Case, GroupMonth, Outcome
from samaki.strands.counselling.sight import locked_out

indicator_files.register(IndicatorFile("strands.counselling", Path(__file__).with_name("indicators.toml")))

_REPORT_COLUMNS = (
    ("group", _("Group")),
    ("month", _("Month")),
    ("received_on", _("Received on")),
    ("version", _("Version")),
    ("men_counselled", _("Men counselled")),
    ("men_success", _("Judged improved or stopped")),
    ("men_stopped", _("Stopped physical violence")),
    ("origin", _("Came from")),
)


def _cases(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    """Each case with the latest word of its men's group, whatever the period: the figure takes the word of its end."""
    latest: dict[tuple[int, str], str] = {}
    judged = Outcome.objects.filter(case__in=ids, informant=Outcome.Informant.MENS_GROUP)
    for outcome in sorted(judged, key=lambda o: (o.judged_on or dt.date.min, o.pk)):
        latest[outcome.case_id, outcome.violence] = outcome.value
    cases = Case.objects.filter(pk__in=ids).select_related("group", "place", "organisation")
    cases = cases.annotate(held=Count("sessions"), first=Min("sessions__held_on"), last=Max("sessions__held_on"))
    return {
        case.pk: {
            "code": case.code,
            "group": case.group.key,
            "place": case.place.code,
            "opened_on": case.opened_on,
            "sessions": case.held,
            "first_session": case.first,
            "last_session": case.last,
            "judged": latest.get((case.pk, Outcome.Violence.ANY)),
            "physical": latest.get((case.pk, Outcome.Violence.PHYSICAL)),
            "organisation": case.organisation.key,
            "origin": case.origin,
        }
        for case in cases
    }


def _reports(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    return {report.pk: _report(report) for report in GroupMonth.objects.filter(pk__in=ids).select_related("group")}


def _report(report: GroupMonth) -> dict[str, object]:
    return {
        "group": report.group.key,
        "month": f"{report.month:%Y-%m}",
        "received_on": report.received_on,
        "version": report.version,
        "men_counselled": report.men_counselled,
        "men_success": report.men_success,
        "men_stopped": report.men_stopped,
        "origin": report.origin,
    }


def _owed(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    """The month that was owed; received on the day its first version came, blank where none came."""
    owed = {row_id: group_and_month(row_id) for row_id in ids}
    groups = Group.objects.in_bulk({group_id for group_id, _year, _month in owed.values()})
    months = {dt.date(year, month, 1) for _group, year, month in owed.values()}
    received = {
        (report.group_id, report.month.year, report.month.month): report.received_on
        for report in GroupMonth.objects.filter(group__in=groups, month__in=months).order_by("-version")
    }
    return {
        row_id: {
            "group": groups[key[0]].key if key[0] in groups else None,
            "month": f"{key[1]}-{key[2]:02}",
            "received_on": received.get(key),
        }
        for row_id, key in owed.items()
    }


row_sources.register(
    RowSource(
        "case",
        Action.SEE_CASES,
        (
            ("code", _("Code")),
            ("group", _("Group")),
            ("place", _("Place")),
            ("opened_on", _("Opened on")),
            ("sessions", _("Sessions")),
            ("first_session", _("First session")),
            ("last_session", _("Last session")),
            ("judged", _("Change judged by the men’s group")),
            ("physical", _("Physical violence, judged by the men’s group")),
            ("organisation", _("Organisation")),
            ("origin", _("Came from")),
        ),
        _cases,
        shut=locked_out,
    )
)
row_sources.register(RowSource("case_reported", Action.SEE_PROGRAMME, _REPORT_COLUMNS, _reports))
row_sources.register(RowSource("case_reported_success", Action.SEE_PROGRAMME, _REPORT_COLUMNS, _reports))
row_sources.register(RowSource("group_month", Action.SEE_PROGRAMME, _REPORT_COLUMNS[:3], _owed))
