"""Answers to an instrument from a workbook: a row for each person and day, a column for each question.

The Washington Group's answers are taken in no workbook: a file of them is a list of who has a disability.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity
from samaki.ground.programmes.models import Programme
from samaki.kernel.policy import Action
from samaki.kernel.records import Written
from samaki.kernel.tables import Checked, Column, Reading, Setting, Table, TableKind, Unreadable, table_kinds
from samaki.kernel.tables.cells import Answer, allowed, as_text, choice, code, folded, text, western
from samaki.kernel.tables.corrections import CORRECTION, in_two_takes
from samaki.kernel.tables.dates import past_day
from samaki.kernel.tables.reasons import reason
from samaki.strands.learning.models import Instrument, InstrumentVersion, Response
from samaki.strands.learning.operations.responses import Told, take_responses
from samaki.strands.learning.queries.instruments import latest, published, questions_of
from samaki.strands.learning.rules.instruments import MOST_ITEMS, Question

_PERSON = re.compile(r"[A-Za-z]{0,3}0*(\d{1,15})")
_VERSION = re.compile(r"(.+?)[\s:]+(?:v|version|កំណែ)?\s*(\d{1,4})")
MOMENTS = (
    Answer(Response.Moment.PRE, "Before", "មុនវគ្គ", ("pre-test", "pretest", "before (test)", "មុន", "តេស្តមុនវគ្គ")),
    Answer(Response.Moment.POST, "After", "ក្រោយវគ្គ", ("post-test", "posttest", "after (test)", "ក្រោយ", "តេស្តក្រោយវគ្គ")),
    Answer(Response.Moment.FOLLOW_UP, "Follow-up", "ការតាមដាន", ("followup", "follow up", "តាមដាន")),
)

reason(
    "instrument_unknown",
    _("There is no published instrument of this name or version."),
    _("Please write the key of the instrument, and where it is not the latest its version, such as gem-scale 1."),
)
reason(
    "instrument_in_no_file",
    _("These answers are taken in no file: a list of them would say who has a disability."),
    _("Please take these rows out, and key them from paper."),
)
reason(
    "answer_not_of_question",
    _("Question %(number)s has no such answer."),
    _("Please write one of: %(allowed)s."),
)
reason("question_unknown", _("The instrument has no question %(number)s."), _("Please leave this cell empty."))
reason(
    "activity_unknown",
    _("Your organisation has no activity of this name or key."),
    _("Please check the name of the activity, or write its key."),
)
reason("activity_twice", _("Several activities have this name."), _("Please write the key of the activity."))
reason("nothing_answered", _("No question is answered."), _("Please write the answers, or take the row out."))


def _person(raw: object, reading: Reading) -> int:
    match = _PERSON.fullmatch(western(as_text(raw)))
    if match is None:
        raise Unreadable("not_a_number_of_a_person")
    return int(match[1])


ITEMS = tuple(
    Column(f"item{number}", f"Question {number}", f"សំណួរទី {number}", text(300),
           (str(number), f"q{number}", f"item {number}", f"សំណួរ {number}"), width=10)
    for number in range(1, MOST_ITEMS + 1)
)  # fmt: skip
COLUMNS = (
    Column("person", "Number of the person", "លេខរបស់មនុស្ស", _person, ("person", "person number", "id", "លេខ"),
           required=True, help_en="As the list shows it, such as P000123.", help_km="ដូចក្នុងបញ្ជី ដូចជា P000123។"),
    Column("instrument", "Instrument", "ឧបករណ៍វាស់", code(80), ("tool", "test", "scale", "តេស្ត"), required=True,
           help_en="Its key, such as gem-scale; with its version where it is not the latest: gem-scale 1.",
           help_km="លេខសម្គាល់ ដូចជា gem-scale។ បើមិនមែនកំណែចុងក្រោយ៖ gem-scale 1។", width=22),
    Column("moment", "When", "ពេលណា", choice(*MOMENTS), ("moment", "pre or post", "pre/post", "ពេល"),
           required=True, allowed=allowed(*MOMENTS)),
    Column("date", "Date", "កាលបរិច្ឆេទ", past_day, ("answered on", "date answered", "ថ្ងៃឆ្លើយ"), required=True),
    Column("activity", "Activity", "សកម្មភាព", text(200), ("training", "activity name", "វគ្គបណ្តុះបណ្តាល"), width=30),
    *ITEMS,
    CORRECTION,
)  # fmt: skip


@dataclass(frozen=True)
class _Known:
    """A published version with its questions; `words` gives each question's values by how they may be written."""

    version: InstrumentVersion
    questions: tuple[Question, ...]
    words: tuple[Mapping[str, int], ...]


def check(table: Table, setting: Setting) -> Checked:
    instruments = _instruments(Programme.objects.get(pk=setting.programme_id))
    activities = _activities_of(table, setting)
    columns = table.columns
    rows: list[Told] = []
    where: list[int] = []
    told = zip(columns["person"], columns["instrument"], columns["moment"], columns["date"], activities, strict=True)
    for row, (person, written, moment, on, activity) in enumerate(told):
        if row in table.faulty_rows:
            continue
        known = instruments.get(_folded_name(str(written)))
        if known is None:
            table.fault(row, "instrument", "instrument_unknown")
            continue
        if known.version.instrument.scoring == Instrument.Scoring.WASHINGTON_GROUP:
            table.fault(row, "instrument", "instrument_in_no_file")
            continue
        answers = _answers(table, row, known)
        if not answers and row not in table.faulty_rows:
            table.fault(row, "item1", "nothing_answered")
        rows.append(
            Told(setting.origin, setting.actor, person, known.version.pk, str(moment), on, answers, activity)  # type: ignore[arg-type]  # read so
        )
        where.append(row)
    _note_twice(table, rows, where)
    return table.without_faults(rows, where)


def _note_twice(table: Table, rows: Sequence[Told], where: Sequence[int]) -> None:
    seen: dict[tuple[object, ...], int] = {}
    for one, row in zip(rows, where, strict=True):
        key = (one.person, one.version, one.moment, one.answered_on)
        if key in seen:
            table.fault(row, "person", "row_twice", row=table.lines[seen[key]])
        else:
            seen[key] = row


def _instruments(programme: Programme) -> dict[str, _Known]:
    """By key and by titles (the latest version), and by key with version."""
    found: dict[str, _Known] = {}
    newest = {one.pk for one in latest(programme)}
    for version in published(programme):
        questions = questions_of(sorted(version.items.all(), key=lambda item: item.number))
        words = tuple(
            {folded(word): one.value for one in question.choices for word in (str(one.value), one.km, one.en)}
            for question in questions
        )
        known, one = _Known(version, questions, words), version.instrument
        found[f"{folded(one.key)}:{version.number}"] = known
        if version.pk in newest:
            found |= {folded(name): known for name in (one.key, one.title_km, one.title_en)}
    return found


def _folded_name(written: str) -> str:
    match = _VERSION.fullmatch(written)
    return f"{folded(match[1])}:{int(match[2])}" if match else folded(written)


def _answers(table: Table, row: int, known: _Known) -> dict[int, int]:
    found = {}
    for number in range(1, MOST_ITEMS + 1):
        written = table.columns[f"item{number}"][row]
        if written is None:
            continue
        if number > len(known.questions):
            table.fault(row, f"item{number}", "question_unknown", number=number)
            continue
        value = known.words[number - 1].get(folded(str(written)))
        if value is None:
            words = ", ".join(f"{one.value} ({one.km} / {one.en})" for one in known.questions[number - 1].choices)
            table.fault(row, f"item{number}", "answer_not_of_question", number=number, allowed=words)
        else:
            found[number] = value
    return found


def _activities_of(table: Table, setting: Setting) -> list[str]:
    """The key of each row's activity, "" where none is written or a fault is noted."""
    column = table.columns["activity"]
    by_name: dict[str, set[str]] = {}
    if any(column):
        for one in Activity.objects.filter(programme=setting.programme_id, organisation=setting.organisation_id):
            for name in {folded(one.key), folded(one.title_km), folded(one.title_en)} - {""}:
                by_name.setdefault(name, set()).add(one.key)
    found = []
    for row, written in enumerate(column):
        keys = by_name.get(folded(str(written)), set()) if written else set()
        if written and len(keys) != 1 and row not in table.faulty_rows:
            table.fault(row, "activity", "activity_twice" if keys else "activity_unknown")
        found.append(next(iter(keys)) if len(keys) == 1 else "")
    return found


def save(checked: Checked, setting: Setting) -> Written:
    def take(rows: Sequence[object], corrections: bool) -> Written:
        return take_responses(
            rows,  # type: ignore[arg-type]  # what `check` made
            programme_id=setting.programme_id,
            organisation_id=setting.organisation_id,
            at=setting.at,
            corrections=corrections,
        )

    return in_two_takes(checked, setting, take)


table_kinds.register(
    TableKind(
        "responses",
        _("Answers to instruments"),
        Action.RECORD_ACTIVITY,
        COLUMNS,
        check,
        save,
        field_columns={
            "person": "person",
            "instrument": "instrument",
            "moment": "moment",
            "answered_on": "date",
            "activity": "activity",
            "answers": "item1",
            **{column.key: column.key for column in ITEMS},
        },
        holds_names=True,  # no name, but whose answers they are
    )
)
