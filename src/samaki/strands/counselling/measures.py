"""Men counselled, what their group judged, and the monthly reports their groups owe."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.measures import GROUPS
from samaki.ground.groups.models import Group
from samaki.ground.organisations.measures import ORGANISATIONS
from samaki.ground.places.measures import PLACES
from samaki.ground.programmes.measures import PROGRAMMES
from samaki.kernel.measures import (
    NOTHING,
    YES_NO,
    Array,
    Choice,
    Columns,
    Date,
    Derived,
    Dimension,
    Flag,
    Link,
    Made,
    Measure,
    Number,
    Records,
    Table,
    first_day_of,
    measures,
    month_of,
    tables,
)
from samaki.strands.counselling.models import Case, CaseSession, GroupMonth, Outcome

_VALUES = tuple(Outcome.Value.values)
_JUDGEMENTS = dict(Outcome.Value.choices)
_FAR = 2**31 - 1
_MONTHS = 100_000  # more months than any group lives


def _latest(violence: Outcome.Violence) -> Derived:
    """The latest value the men's group gave for one kind of violence up to a date; undated ones come first."""

    def codes(columns: Columns, rows: Array | slice, as_of: int) -> Array:
        outcomes = columns[Outcome._meta.db_table]
        kinds, informants = tuple(Outcome.Violence.values), tuple(Outcome.Informant.values)
        theirs = np.flatnonzero(
            outcomes.alive
            & (outcomes["violence"] == kinds.index(violence))
            & (outcomes["informant"] == informants.index(Outcome.Informant.MENS_GROUP))
            & (outcomes["judged_on"] <= as_of)
        )
        in_time = theirs[np.lexsort((outcomes["id"][theirs], outcomes["judged_on"][theirs]))]
        latest = np.full(len(columns[Case._meta.db_table]), -1, dtype=np.int8)
        latest[outcomes["case"][in_time]] = outcomes["value"][in_time]  # the last one written stays
        return latest[rows]

    name = "judged" if violence == Outcome.Violence.ANY else str(violence)
    return Derived(name, _VALUES, codes, reads=(Outcome._meta.db_table,))


def _began(columns: Columns, rows: Array | slice, as_of: int) -> Array:
    """When the case began: the day it was opened, else its first dated session; NOTHING where neither is known."""
    sessions = columns[CaseSession._meta.db_table]
    first = np.full(len(columns[Case._meta.db_table]), _FAR, dtype=np.int64)
    dated = sessions.alive & (sessions["held_on"] != NOTHING)
    np.minimum.at(first, sessions["case"][dated], sessions["held_on"][dated])
    opened = columns[Case._meta.db_table]["opened_on"]
    return np.where(opened != NOTHING, opened, np.where(first != _FAR, first, NOTHING))[rows]


CASES = tables.register(
    Table(
        Case,
        (
            Link("programme", to=PROGRAMMES.key),
            Link("organisation", to=ORGANISATIONS.key),
            Link("group", to=GROUPS.key),
            Link("place", to=PLACES.key),
            Date("opened_on"),
            _latest(Outcome.Violence.ANY),
            _latest(Outcome.Violence.PHYSICAL),
            Derived("began_on", (), _began, reads=(CaseSession._meta.db_table,)),
        ),
    )
)
CASE_SESSIONS = tables.register(Table(CaseSession, (Link("case", to=CASES.key), Date("held_on"))))
OUTCOMES = tables.register(
    Table(
        Outcome,
        (
            Link("case", to=CASES.key),
            Choice("informant", tuple(Outcome.Informant.values)),
            Choice("violence", tuple(Outcome.Violence.values)),
            Choice("value", _VALUES),
            Date("judged_on"),
        ),
    )
)

CASE = measures.register(
    Measure(
        "case",
        _("Men counselled"),
        "case",
        Records(
            CASE_SESSIONS.key,
            programme="case.programme",
            organisation="case.organisation",
            place="case.place",
            since="held_on",
            subject="case",
            record="case",
            dated="case.began_on",
            by_commune=True,
            dimensions=(
                Dimension("group", _("Group"), "case.group.key"),
                Dimension("judged", _("Change judged by the men’s group"), "case.judged", labels=_JUDGEMENTS),
                Dimension(
                    "physical",
                    _("Physical violence, judged by the men’s group"),
                    "case.physical",
                    labels=_JUDGEMENTS,
                ),
            ),
        ),
    )
)


def _case_months(columns: Columns) -> tuple[Array, Array]:
    """Group × month numbers that hold a dated session, and per group whether a session has no date."""
    sessions, cases = columns[CaseSession._meta.db_table], columns[Case._meta.db_table]
    alive = sessions.alive
    group = cases["group"][sessions["case"][alive]]
    months = month_of(sessions["held_on"][alive])
    undated = np.zeros(len(columns[GROUPS.key]), dtype=bool)
    undated[group[months == NOTHING]] = True
    dated = months != NOTHING
    return np.unique(group[dated].astype(np.int64) * _MONTHS + months[dated]), undated


def _stands_for_cases(columns: Columns, rows: Array | slice, as_of: int) -> Array:
    """Whether the report is the source of its group and month: no session in it, and no session of the group without
    a date, which might be of the same men."""
    reports = columns[GroupMonth._meta.db_table]
    group, month = reports["group"][rows], month_of(reports["month"][rows])
    counted, undated = _case_months(columns)
    return (~np.isin(group.astype(np.int64) * _MONTHS + month, counted) & ~undated[group]).astype(np.int8)


def _month_end(columns: Columns, rows: Array | slice, as_of: int) -> Array:
    return first_day_of(month_of(columns[GroupMonth._meta.db_table]["month"][rows]) + 1) - 1


GROUP_MONTHS = tables.register(
    Table(
        GroupMonth,
        (
            Link("group", to=GROUPS.key),
            Link("programme", to=PROGRAMMES.key),
            Link("organisation", to=ORGANISATIONS.key),
            Date("month"),
            Number("version"),
            Flag("is_current", "is_current"),
            Date("received_on"),
            Number("men_counselled"),
            Number("men_success"),
            Number("men_stopped"),
            Derived("month_end", (), _month_end),
            Derived(
                "stands_for_cases",
                YES_NO,
                _stands_for_cases,
                reads=(CASES.key, CASE_SESSIONS.key, GROUPS.key),
            ),
        ),
    )
)


def _reported(weight: str) -> Records:
    return Records(
        GROUP_MONTHS.key,
        programme="programme",
        organisation="organisation",
        place="group.place",
        since="month",
        until="month_end",
        weight=weight,
        by_commune=True,
        conditions=(("is_current", ("yes",)), ("stands_for_cases", ("yes",))),
        dimensions=(Dimension("group", _("Group"), "group.key"),),
    )


CASE_REPORTED = measures.register(
    Measure("case_reported", _("Men counselled, by the group’s report"), "case", _reported("men_counselled"))
)
CASE_REPORTED_SUCCESS = measures.register(
    Measure(
        "case_reported_success",
        _("Judged improved or stopped, by the group’s report"),
        "case",
        _reported("men_success"),
    )
)
CASE_REPORTED_STOPPED = measures.register(
    Measure(
        "case_reported_stopped", _("Stopped physical violence, by the group’s report"), "case", _reported("men_stopped")
    )
)

_ARRIVALS = {"on_time": _("On time"), "late": _("Late"), "missing": _("Not received")}
_TIMELINESS = tuple(_ARRIVALS)


def _owed(columns: Columns, known_on: int) -> Mapping[str, Array]:
    """A row for each month in which a men's group existed within its programme, up to the month of `known_on`.

    A report is on time when its first version arrived by the due day of the next month; while that day has not passed
    and nothing arrived, whether it will is not known (-1).
    """
    groups, programmes, reports = columns[GROUPS.key], columns[PROGRAMMES.key], columns[GROUP_MONTHS.key]
    mens = np.flatnonzero(groups.alive & (groups["kind"] == tuple(Group.Kind.values).index(Group.Kind.MENS_GROUP)))
    programme = groups["programme"][mens]

    seen = np.flatnonzero(reports.alive & (reports["received_on"] <= known_on))
    seen = seen[np.argsort(-reports["version"][seen], kind="stable")]  # the first version is written last
    seen_key = reports["group"][seen].astype(np.int64) * _MONTHS + month_of(reports["month"][seen])

    first_report = np.full(len(groups), _FAR, dtype=np.int64)
    every = np.flatnonzero(reports.alive)
    np.minimum.at(first_report, reports["group"][every], reports["month"][every])
    start = np.maximum(programmes["starts_on"][programme], groups["formed_on"][mens]).astype(np.int64)
    start = np.where(start == NOTHING, first_report[mens], start)  # nothing says since when: since its first report
    end = np.full(len(mens), known_on, dtype=np.int64)
    for closes in (programmes["ends_on"][programme], groups["ended_on"][mens]):
        end = np.where(closes != NOTHING, np.minimum(end, closes), end)
    mens, programme, start, end = (values[start <= end] for values in (mens, programme, start, end))

    from_month = month_of(start)
    count = month_of(end) - from_month + 1
    nth = np.repeat(np.arange(len(mens)), count)
    month = from_month[nth] + np.arange(len(nth)) - np.repeat(np.cumsum(count) - count, count)
    key = mens[nth].astype(np.int64) * _MONTHS + month

    latest_first = np.argsort(seen_key, kind="stable")
    ordered = seen_key[latest_first]
    at = np.searchsorted(ordered, key, side="right") - 1
    arrived = (at >= 0) & (ordered[at] == key) if len(ordered) else np.zeros(len(key), dtype=bool)
    received = np.full(len(key), NOTHING, dtype=np.int64)
    received[arrived] = reports["received_on"][seen[latest_first[at[arrived]]]]
    due = first_day_of(month + 1) + programmes["reports_due_on_day"][programme[nth]] - 1
    timeliness = np.where(arrived, np.where(received <= due, 0, 1), np.where(due < known_on, 2, -1))
    return {
        "id": groups["id"][mens[nth]].astype(np.int64) * _MONTHS + month,
        "group": mens[nth],
        "since": first_day_of(month),
        "until": first_day_of(month + 1) - 1,
        "timeliness": timeliness,
        "due": (timeliness >= 0).astype(np.int8),
    }


def group_and_month(row_id: int) -> tuple[int, int, int]:
    """The group's id, the year and the month that an id of `group_month` rows stands for."""
    group_id, months = divmod(row_id, _MONTHS)
    return group_id, months // 12, months % 12 + 1


OWED = tables.register(
    Made(
        "counselling_owed",
        (
            Link("group", to=GROUPS.key),
            Date("since"),
            Date("until"),
            Choice("timeliness", _TIMELINESS),
            Flag("due", ""),
        ),
        reads=(GROUPS.key, PROGRAMMES.key, GROUP_MONTHS.key),
        rows=_owed,
        described=group_and_month,
    )
)


def _owed_records(due: str) -> Records:
    return Records(
        OWED.key,
        programme="group.programme",
        organisation="group.organisation",
        place="group.place",
        since="since",
        until="until",
        conditions=(("due", (due,)),),
        dimensions=(
            Dimension("group", _("Group"), "group.key"),
            Dimension("timeliness", _("Arrival of the report"), "timeliness", labels=_ARRIVALS),
        ),
    )


GROUP_MONTH = measures.register(
    Measure("group_month", _("Monthly group reports"), "group-month", _owed_records("yes"), gaps=(_owed_records("no"),))
)
