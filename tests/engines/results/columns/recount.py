# test statements, put together from constants
"""The same questions counted the plain way: one SQL statement a measure, then row by row. Nothing of the engine."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from samaki.engines.results.columns import Answer, Question

UNKNOWN = "unknown"
OUT, MAY, IN = 0, 1, 2


def _select(sql: str, *arguments: object) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _date(value: object) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]


_PERSON = """CASE WHEN p.withdrawn_at IS NULL AND c.withdrawn_at IS NULL THEN c.id END AS subject,
        c.gender, c.birth_year, c.age_band"""
_ACTIVITY = "a.organisation_id, a.place_id, a.kind, g.key AS group_key"
SQL = {
    "attendance": f"""SELECT t.id, s.held_on AS since, s.held_on AS until, {_PERSON}, {_ACTIVITY}
        FROM activities_attendance t JOIN activities_session s ON s.id = t.session_id
        JOIN activities_activity a ON a.id = s.activity_id LEFT JOIN groups_group g ON g.id = a.group_id
        JOIN people_person p ON p.id = t.person_id JOIN people_person c ON c.id = COALESCE(p.merged_into_id, p.id)
        WHERE a.programme_id = %s AND a.state = 'held'""",
    "membership": f"""SELECT m.id, m.since, m.until, {_PERSON}, g.organisation_id, g.place_id, g.key AS group_key,
        g.kind AS group_kind, m.role FROM groups_membership m JOIN groups_group g ON g.id = m.group_id
        JOIN people_person p ON p.id = m.person_id JOIN people_person c ON c.id = COALESCE(p.merged_into_id, p.id)
        WHERE g.programme_id = %s""",
    "activity": f"""SELECT a.id, a.starts_on AS since, a.starts_on AS until, {_ACTIVITY}
        FROM activities_activity a LEFT JOIN groups_group g ON g.id = a.group_id
        WHERE a.programme_id = %s AND a.state = 'held'""",
    "tallied": f"""SELECT y.id, s.held_on AS since, s.held_on AS until, y.count AS weight, {_ACTIVITY}
        FROM activities_tally y JOIN activities_session s ON s.id = y.session_id
        JOIN activities_activity a ON a.id = s.activity_id LEFT JOIN groups_group g ON g.id = a.group_id
        WHERE a.programme_id = %s AND a.state = 'held'
        AND (y.dimension = 'all' OR (y.dimension = 'gender' AND NOT EXISTS
        (SELECT 1 FROM activities_tally o WHERE o.session_id = y.session_id AND o.dimension = 'all')))""",
    "case": """SELECT c.id, c.id AS subject, e.held_on AS since, e.held_on AS until, c.organisation_id, c.place_id,
        g.key AS group_key,
        COALESCE(c.opened_on, (SELECT MIN(held_on) FROM counselling_casesession WHERE case_id = c.id)) AS dated
        FROM counselling_casesession e JOIN counselling_case c ON c.id = e.case_id
        JOIN groups_group g ON g.id = c.group_id WHERE c.programme_id = %s""",
    "contact": """SELECT o.id, o.since, o.until, o.contacts AS weight, o.organisation_id, o.place_id, o.channel
        FROM outreach_outreachtally o WHERE o.programme_id = %s""",
    "case_reported": """SELECT r.id, r.month AS since, r.men_counselled AS weight, r.organisation_id, g.place_id,
        g.key AS group_key, r.group_id FROM counselling_groupmonth r JOIN groups_group g ON g.id = r.group_id
        WHERE r.programme_id = %s AND r.is_current""",
}
_GAPS = (
    f"""SELECT s.id, s.held_on AS since, s.held_on AS until, {_ACTIVITY} FROM activities_session s
        JOIN activities_activity a ON a.id = s.activity_id LEFT JOIN groups_group g ON g.id = a.group_id
        WHERE a.programme_id = %s AND a.state = 'held' AND s.attendance = 'not_recorded'""",
    f"""SELECT a.id, a.starts_on AS since, a.starts_on AS until, {_ACTIVITY} FROM activities_activity a
        LEFT JOIN groups_group g ON g.id = a.group_id WHERE a.programme_id = %s AND a.state = 'held'
        AND NOT EXISTS (SELECT 1 FROM activities_session s WHERE s.activity_id = a.id)""",
)
_RECORDED = f"""SELECT s.id, s.held_on AS since, s.held_on AS until, {_ACTIVITY} FROM activities_session s
    JOIN activities_activity a ON a.id = s.activity_id LEFT JOIN groups_group g ON g.id = a.group_id
    WHERE a.programme_id = %s AND a.state = 'held' AND s.attendance <> 'not_recorded'"""
GAPS = {"attendance": _GAPS, "tallied": _GAPS}
BY_COMMUNE = ("case", "case_reported")
NOT_KNOWN = {
    "gender": {"not_recorded"},
    "age_band": {"not_recorded"},
    "channel": {"not_recorded"},
}


@dataclass
class Recount:
    question: Question
    places: dict[int, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = {row["id"]: row for row in _select("SELECT id, code, level, parent_id FROM places_place")}
        self.division = _select(
            "SELECT place_id, area, since FROM programmes_programmeplace WHERE programme_id = %s",
            self.question.programme_id,
        )
        [programme] = _select(
            "SELECT starts_on, ends_on, fiscal_year_starts_in AS start, reports_due_on_day AS due"
            " FROM programmes_programme WHERE id = %s",
            self.question.programme_id,
        )
        self.programme = programme
        self.as_of = self.question.as_of or self.question.last or timezone.localdate()

    def answer(self) -> Answer:
        question = self.question
        rows = self._rows()
        counted: dict[object, set[tuple[str, ...]]] = defaultdict(set)
        maybe: dict[object, set[tuple[str, ...]]] = defaultdict(set)
        organisations: dict[int, set[object]] = defaultdict(set)
        communes: dict[tuple[str, ...], set[str]] = defaultdict(set)
        sums: dict[tuple[str, ...], int] = defaultdict(int)
        sums_by_organisation: dict[int, int] = defaultdict(int)
        evidence = False
        for row in rows:
            scope, where = self._scope(row), self._where(row, question.where)
            weightless = question.aggregate == "sum" and row.get("weight") is None
            if scope == IN and where != MAY and not weightless:
                evidence = True
            belongs = min(scope, where)
            if belongs == IN and weightless:
                belongs = MAY
            if belongs == OUT:
                continue
            one = self._one(row)
            cell = tuple(self._value(row, key) for key in question.by)
            (counted if belongs == IN else maybe)[one].add(cell)
            if belongs == IN:
                organisations[row["organisation_id"]].add(one)
                sums_by_organisation[row["organisation_id"]] += row.get("weight") or 0
                sums[cell] += row.get("weight") or 0
                commune = self._at_level(row["place_id"], 3)
                if commune and question.measure in BY_COMMUNE:
                    communes[cell].add(commune)
                    communes[()].add(commune)
        cells = self._cells(counted)
        unknown_cells: dict[tuple[str, ...], int] = defaultdict(int)
        for one, at in maybe.items():
            for cell in at - counted.get(one, set()):
                unknown_cells[cell] += 1
        unknown = len(set(maybe) - set(counted))
        for sql in GAPS.get(question.measure, ()):
            for row in _select(sql, question.programme_id):
                if min(self._scope(row), max(MAY, self._where(row, question.where))) > OUT and self._where(
                    row, question.where
                ):
                    unknown += 1
                    unknown_cells[tuple(self._value(row, key) for key in question.by)] += 1
        if question.measure in GAPS:
            for row in _select(_RECORDED, question.programme_id):
                known = tuple((key, keys) for key, keys in question.where if key not in ("gender", "age_band"))
                if self._scope(row) == IN and self._where(row, known) != MAY:
                    evidence = True
        summed = question.aggregate == "sum"
        return Answer(
            total=sum(sums.values()) if summed else len(counted),
            unknown=unknown,
            known=unknown == 0 or evidence,
            cells={cell: count for cell, count in (sums if summed else cells).items() if count},
            unknown_cells=dict(unknown_cells),
            per_organisation={
                key: count
                for key, count in (
                    sums_by_organisation if summed else {key: len(ones) for key, ones in organisations.items()}
                ).items()
                if count
            },
            communes={cell: len(found) for cell, found in communes.items()},
        )

    def ids(self) -> list[int]:
        """Ids of the rows behind the figure."""
        return sorted(
            {
                row["id"]
                for row in self._rows()
                if min(self._scope(row), self._where(row, self.question.where)) == IN
                and not (self.question.aggregate == "sum" and row.get("weight") is None)
            }
        )

    def _one(self, row: dict[str, Any]) -> object:
        return row["subject"] if self.question.aggregate == "unique" and "subject" in row else row["id"]

    @staticmethod
    def _cells(counted: dict[object, set[tuple[str, ...]]]) -> dict[tuple[str, ...], int]:
        cells: dict[tuple[str, ...], int] = defaultdict(int)
        for at in counted.values():
            for cell in at:
                cells[cell] += 1
        return dict(cells)

    def _rows(self) -> list[dict[str, Any]]:
        if self.question.measure == "group_month":
            return self._owed()
        rows = _select(SQL[self.question.measure], self.question.programme_id)
        if self.question.measure in ("attendance", "membership"):
            rows = [row for row in rows if row["subject"] is not None]
        if self.question.measure == "case":
            judged = {kind: self._judged(kind) for kind in ("any", "physical")}
            for row in rows:
                row["judged"] = judged["any"].get(row["id"], UNKNOWN)
                row["physical"] = judged["physical"].get(row["id"], UNKNOWN)
        if self.question.measure == "case_reported":
            rows = [row for row in rows if self._is_source(row)]
            for row in rows:
                row["until"] = _month_end(_date(row["since"]))
        return rows

    def _judged(self, violence: str) -> dict[int, str]:
        found: dict[int, tuple[dt.date, int, str]] = {}
        for row in _select(
            "SELECT o.id, o.case_id, o.judged_on, o.value FROM counselling_outcome o"
            " JOIN counselling_case c ON c.id = o.case_id"
            " WHERE c.programme_id = %s AND o.violence = %s AND o.informant = 'C'",
            self.question.programme_id,
            violence,
        ):
            judged_on = _date(row["judged_on"]) or dt.date.min
            if judged_on <= self.as_of:
                found[row["case_id"]] = max(
                    found.get(row["case_id"], (dt.date.min, 0, "")), (judged_on, row["id"], row["value"])
                )
        return {case: value for case, (_, _, value) in found.items()}

    def _is_source(self, row: dict[str, Any]) -> bool:
        sessions = _select(
            "SELECT e.held_on FROM counselling_casesession e JOIN counselling_case c ON c.id = e.case_id"
            " WHERE c.group_id = %s",
            row["group_id"],
        )
        dates = [_date(session["held_on"]) for session in sessions]
        month = _date(row["since"])
        return None not in dates and not any(
            (date.year, date.month) == (month.year, month.month) for date in dates if date and month
        )

    def _owed(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        today = timezone.localdate()
        known_on = today if self.as_of == self.question.last else self.as_of
        for group in _select(
            "SELECT id, key, organisation_id, place_id, formed_on, ended_on FROM groups_group"
            " WHERE programme_id = %s AND kind = 'mens_group'",
            self.question.programme_id,
        ):
            reports = _select(
                "SELECT month, received_on, version FROM counselling_groupmonth WHERE group_id = %s ORDER BY version",
                group["id"],
            )
            starts = [day for day in (_date(self.programme["starts_on"]), _date(group["formed_on"])) if day]
            starts = starts or [day for day in (_date(report["month"]) for report in reports) if day]
            if not starts:
                continue
            start = max(starts) if any((self.programme["starts_on"], group["formed_on"])) else min(starts)
            end = min(day for day in (_date(self.programme["ends_on"]), _date(group["ended_on"]), known_on) if day)
            month = start.replace(day=1)
            while month <= end and start <= end:
                after = _month_end(month) + dt.timedelta(days=1)
                due = after.replace(day=self.programme["due"])
                arrived = [
                    _date(report["received_on"])
                    for report in reports
                    if _date(report["month"]) == month and _date(report["received_on"]) <= known_on  # type: ignore[operator]
                ]
                timeliness = UNKNOWN if due >= known_on else "missing"
                if arrived and arrived[0]:
                    timeliness = "on_time" if arrived[0] <= due else "late"
                rows.append(
                    {
                        "id": group["id"] * 100_000 + month.year * 12 + month.month - 1,
                        "since": month,
                        "until": _month_end(month),
                        "organisation_id": group["organisation_id"],
                        "place_id": group["place_id"],
                        "group_key": group["key"],
                        "timeliness": timeliness,
                    }
                )
                month = after
        return rows

    def _scope(self, row: dict[str, Any]) -> int:
        question = self.question
        if question.organisation_ids is not None and row["organisation_id"] not in question.organisation_ids:
            return OUT
        belongs = self._in_places(row["place_id"])
        since, until = _date(row["since"]), _date(row.get("until"))
        if question.measure == "membership":
            return belongs if since <= self.as_of and (until is None or self.as_of < until) else OUT  # type: ignore[operator]
        if question.measure == "group_month" and row["timeliness"] == UNKNOWN:
            belongs = min(belongs, MAY)
        if question.first is None and question.last is None:
            return belongs
        if since is None or until is None:
            return min(belongs, MAY)
        first, last = question.first or dt.date.min, question.last or dt.date.max
        return min(
            belongs, IN if since >= first and until <= last else MAY if since <= last and until >= first else OUT
        )

    def _above(self, place_id: int | None) -> list[dict[str, Any]]:
        line = []
        while place_id is not None:
            line.append(self.places[place_id])
            place_id = self.places[place_id]["parent_id"]
        return line

    def _at_level(self, place_id: int | None, level: int) -> str | None:
        return next((place["code"] for place in self._above(place_id) if place["level"] == level), None)

    def _in_places(self, place_id: int | None) -> int:
        wanted = self.question.place_codes
        if not wanted:
            return IN
        if place_id is None:
            return MAY
        if any(place["code"] in wanted for place in self._above(place_id)):
            return IN
        asked = [row["id"] for row in self.places.values() if row["code"] in wanted]
        return MAY if any(above["id"] == place_id for each in asked for above in self._above(each)) else OUT

    def _where(self, row: dict[str, Any], where: tuple[tuple[str, tuple[str, ...]], ...]) -> int:
        belongs = IN
        for key, keys in where:
            value = self._value(row, key)
            if value not in keys:
                belongs = min(belongs, MAY if value == UNKNOWN or value in NOT_KNOWN.get(key, ()) else OUT)
        return belongs

    def _value(self, row: dict[str, Any], key: str) -> str:
        if key in ("province", "district", "commune"):
            return self._at_level(row["place_id"], ("province", "district", "commune").index(key) + 1) or UNKNOWN
        if key == "organisation":
            return str(
                _select("SELECT key FROM organisations_organisation WHERE id = %s", row["organisation_id"])[0]["key"]
            )
        if key in ("month", "quarter", "year"):
            spans = {self._span(_date(row["since"]), key), self._span(_date(row["until"]), key)}
            return spans.pop() if len(spans) == 1 else UNKNOWN
        if key == "area":
            return self._area(row)
        if key == "age_band" and "birth_year" in row and row["birth_year"] is not None:
            age = self.as_of.year - row["birth_year"]
            bands = ((65, "65_up"), (50, "50_64"), (35, "35_49"), (25, "25_34"), (18, "18_24"))
            return next((band for lower, band in bands if age >= lower), "under_18")
        value = row.get({"group": "group_key"}.get(key, key))
        return UNKNOWN if value is None else str(value)

    def _span(self, day: dt.date | None, key: str) -> str:
        if day is None:
            return UNKNOWN
        if key == "month":
            return f"{day:%Y-%m}"
        months = day.year * 12 + day.month - self.programme["start"]
        return f"{months // 12}" if key == "year" else f"{months // 12}-Q{months % 12 // 3 + 1}"

    def _area(self, row: dict[str, Any]) -> str:
        day = _date(row["dated"] if "dated" in row else row["since"]) or dt.date.max
        for place in self._above(row["place_id"]):
            here = [
                (_date(each["since"]) or dt.date.min, each["area"])
                for each in self.division
                if each["place_id"] == place["id"] and (_date(each["since"]) or dt.date.min) <= day
            ]
            if here:
                return str(max(here)[1])
        return UNKNOWN


def _month_end(month: dt.date | None) -> dt.date:
    assert month is not None
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
