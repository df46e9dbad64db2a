"""A register of cases by code, without names. What it leaves out stays as stored; undated stays undated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.columns import GROUP, groups_of
from samaki.ground.organisations.models import Organisation
from samaki.ground.places.columns import PLACE_COLUMNS, places_of
from samaki.ground.programmes.models import Programme
from samaki.kernel.errors import Invalid
from samaki.kernel.policy import Action
from samaki.kernel.records import Written
from samaki.kernel.tables import Checked, Column, Reading, Setting, Table, TableKind, Unreadable
from samaki.kernel.tables.cells import Answer, allowed, choice, count
from samaki.kernel.tables.cells import code as code_cell
from samaki.kernel.tables.dates import past_day, year
from samaki.kernel.tables.reasons import reason
from samaki.strands.counselling.models import Outcome
from samaki.strands.counselling.operations import record_cases
from samaki.strands.counselling.rules import CaseRow, Judged, Judgement, clean_code

MOST_SESSIONS = 200
_ANY, _PHYSICAL = Outcome.Violence.ANY.value, Outcome.Violence.PHYSICAL.value
Held = tuple[dt.date | None, ...]

SCALE = (
    Answer(Judged.WORSE, "Worse", "កាន់តែធ្ងន់ធ្ងរ", ("more violent", "ធ្ងន់ជាងមុន")),
    Answer(Judged.UNCHANGED, "Unchanged", "នៅដដែល", ("no change", "same", "the same", "មិនផ្លាស់ប្តូរ")),
    Answer(
        Judged.IMPROVED, "Improved", "បានប្រសើរឡើង", ("better", "less violent", "reduced", "ប្រសើរជាងមុន", "បានកាត់បន្ថយ")
    ),
    Answer(Judged.STOPPED, "Stopped", "បានឈប់", ("no more violence", "ឈប់")),
)

reason(
    "case_code_not_a_code",
    _("A case code has Latin letters, digits and - / . _ only, at most 30."),
    _("Please write the code of the case, and no name."),
)
reason("too_many_sessions", _("There are more than %(most)s sessions."), _("Please check the number of sessions."))
reason(
    "sessions_contradict",
    _("The number of sessions and their dates do not agree."),
    _("Please check the number of sessions and the dates of the first and the last."),
)


def _code(raw: object, reading: Reading) -> str:
    try:
        return clean_code(str(_written_code(raw, reading)))
    except Invalid as error:
        raise Unreadable(error.code) from None


_written_code = code_cell(60)

COLUMNS = (
    Column("code", "Case code", "លេខកូដករណី", _code,
           ("code", "case", "case no", "case number", "case id", "លេខករណី", "លេខកូដ", "កូដករណី"), required=True,
           help_en="The code of the case; never a name.", help_km="លេខកូដករណី។ សូមកុំសរសេរឈ្មោះ។"),
    GROUP,
    *PLACE_COLUMNS,
    Column("opened_on", "Opened on", "ថ្ងៃបើកករណី", past_day,
           ("opened", "date opened", "intake date", "ថ្ងៃទទួលករណី"),
           help_en="Leave empty where the register gives no date.", help_km="ទុកទទេ បើគ្មានកាលបរិច្ឆេទ។"),
    Column("sessions", "Number of sessions", "ចំនួនលើកនៃការផ្តល់ប្រឹក្សា", count,
           ("sessions", "no of sessions", "counselling sessions", "ចំនួនលើក", "ចំនួនវគ្គ"), required=True,
           help_en="0 where counselling has not begun.", help_km="0 បើមិនទាន់ចាប់ផ្តើម។"),
    Column("first_session", "First session", "លើកទីមួយ", past_day,
           ("date of first session", "first session on", "ថ្ងៃលើកទីមួយ")),
    Column("last_session", "Last session", "លើកចុងក្រោយ", past_day,
           ("date of last session", "last session on", "ថ្ងៃលើកចុងក្រោយ")),
    Column("judged", "Group’s judgement: any violence", "ការវាយតម្លៃរបស់ក្រុម៖ អំពើហិង្សា", choice(*SCALE),
           ("judgement", "group judgement", "any violence", "outcome", "result", "លទ្ធផល", "អំពើហិង្សា"),
           allowed=allowed(*SCALE), width=26,
           help_en="Leave empty where the group has not judged.", help_km="ទុកទទេ បើក្រុមមិនទាន់វាយតម្លៃ។"),
    Column("physical", "Group’s judgement: physical violence", "ការវាយតម្លៃរបស់ក្រុម៖ អំពើហិង្សាលើរាងកាយ", choice(*SCALE),
           ("physical violence", "physical", "physical violence judgement", "អំពើហិង្សាលើរាងកាយ"),
           allowed=allowed(*SCALE), width=26),
    Column("judged_on", "Judged on", "ថ្ងៃវាយតម្លៃ", past_day,
           ("date of judgement", "judgement date", "កាលបរិច្ឆេទវាយតម្លៃ")),
    Column("birth_year", "Birth year", "ឆ្នាំកំណើត", year, ("year of birth",),
           help_en="Only to send a boy to child protection; it is not stored.",
           help_km="សម្រាប់តែបញ្ជូនក្មេងប្រុសទៅការពារកុមារ។ មិនរក្សាទុកទេ។"),
)  # fmt: skip


def check(table: Table, setting: Setting) -> Checked:
    places = places_of(table)
    groups = groups_of(table, setting, Action.RECORD_CASE)
    column = table.columns
    rows: list[CaseRow] = []
    where: list[int] = []
    seen: dict[object, int] = {}
    sessions, judgements = _sessions_of(table), _judgements_of(table)
    told = zip(
        column["code"], groups, places, column["opened_on"], sessions, judgements, column["birth_year"], strict=True
    )
    for row, (code, group, place_id, opened_on, held, judged, birth_year) in enumerate(told):
        if code is not None and seen.setdefault(code, row) != row:
            table.fault(row, "code", "row_twice", row=table.lines[seen[code]])
        if row in table.faulty_rows or group is None or place_id is None or held is None:
            continue
        rows.append(CaseRow(code, group.pk, place_id, opened_on, held, judged, birth_year))
        where.append(row)
    return table.without_faults(rows, where)


def _sessions_of(table: Table) -> list[Held | None]:
    """The dates of each row's sessions; the same three cells are the same dates."""
    known: dict[tuple[object, ...], Held | str | None] = {}
    found: list[Held | None] = []
    columns = (table.columns[key] for key in ("sessions", "first_session", "last_session"))
    for row, told in enumerate(zip(*columns, strict=True)):
        if told not in known:
            known[told] = _sessions(*told)
        answer = known[told]
        if isinstance(answer, str):
            table.fault(row, "sessions", answer, **({"most": MOST_SESSIONS} if answer == "too_many_sessions" else {}))
            answer = None
        found.append(answer)
    return found


def _sessions(number: object, first: object, last: object) -> Held | str | None:
    """The dates of the sessions in their order; the register gives at most the first and the last. A reason where they
    cannot be."""
    if not isinstance(number, int):
        return None
    if number > MOST_SESSIONS:
        return "too_many_sessions"
    if (number == 0 and (first or last)) or (number == 1 and first and last and first != last):
        return "sessions_contradict"
    dates: list[dt.date | None] = [None] * number
    if isinstance(first, dt.date):
        dates[0] = first
    if isinstance(last, dt.date):
        dates[-1] = last
    return tuple(dates)


def _judgements_of(table: Table) -> list[tuple[Judgement, ...]]:
    """The judgements of each row; the same three cells are the same judgements."""
    known: dict[tuple[object, ...], tuple[Judgement, ...]] = {}
    found: list[tuple[Judgement, ...]] = []
    for told in zip(*(table.columns[key] for key in ("judged", "physical", "judged_on")), strict=True):
        if told not in known:
            known[told] = _judgements(*told)
        found.append(known[told])
    return found


def _judgements(judged: object, physical: object, judged_on: object) -> tuple[Judgement, ...]:
    found: tuple[Judgement, ...] = ()
    if judged is not None:
        found = (Judgement(_ANY, str(judged), judged_on),)  # type: ignore[arg-type]  # read as a date
    if physical is not None:
        found = (*found, Judgement(_PHYSICAL, str(physical), judged_on))  # type: ignore[arg-type]  # likewise
    return found


def save(checked: Checked, setting: Setting) -> Written:
    rows: Sequence[CaseRow] = checked.rows  # type: ignore[assignment]  # what `check` made
    return record_cases(
        rows,
        programme=Programme.objects.get(pk=setting.programme_id),
        organisation=Organisation.objects.get(pk=setting.organisation_id),
        by=setting.actor,
        at=setting.at,
        origin=setting.origin,
    )


CASES = TableKind(
    "cases",
    _("Case register"),
    Action.RECORD_CASE,
    COLUMNS,
    check,
    save,
    field_columns={
        "code": "code",
        "group": "group",
        "place": "commune",
        "opened_on": "opened_on",
        "sessions": "first_session",
        "judgement": "judged",
        "judged_on": "judged_on",
        "birth_year": "birth_year",
    },
)
