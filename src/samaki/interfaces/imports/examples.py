"""Workbooks as a partner keeps them: a title, headings in both languages, lists of answers, and a sheet of notes.

The rows of cases, tallies and group reports are the example site's own, so importing them makes its figures.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from samaki.ground.activities.tables.roster import GENDERS, WAYS
from samaki.ground.groups.models import Group
from samaki.ground.places.models import Level, Place
from samaki.ground.places.tables import cambodia
from samaki.interfaces.demo import mpp
from samaki.interfaces.imports import workbooks
from samaki.interfaces.imports.access import kind_named
from samaki.interfaces.imports.reading.headings import NOTES_HEAD
from samaki.kernel.tables import Column
from samaki.strands.counselling.tables.cases import SCALE
from samaki.strands.learning.tables.responses import MOMENTS
from samaki.strands.outreach.tables import CHANNELS

TITLES = {
    "cases": ("Register of cases (example)", "បញ្ជីករណី (ឧទាហរណ៍)"),
    "tallies": ("Outreach contacts (example)", "ចំនួនដងដែលបានជួប (ឧទាហរណ៍)"),
    "roster": ("People of a commune (example)", "បញ្ជីមនុស្សក្នុងឃុំ (ឧទាហរណ៍)"),
    "responses": ("Answers to an instrument (example)", "ចម្លើយនៃឧបករណ៍វាស់ (ឧទាហរណ៍)"),
    "group-reports": ("Monthly reports of the men’s groups (example)", "របាយការណ៍ប្រចាំខែរបស់ក្រុមបុរស (ឧទាហរណ៍)"),
}
ROWS_FOR_ANSWERS = 2_000  # rows below the headings that offer the list of answers
MADE = dt.datetime(2024, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)  # the same bytes every time
HEADING_LINE = 3  # from 0: a title, a line of what to do, an empty one

SCALE_WORDS = {answer.key: answer.both for answer in SCALE}
CHANNEL_WORDS = {answer.key: answer.both for answer in CHANNELS}

Row = dict[str, object]


def example_workbook(kind: str, target: workbooks.Target) -> int:
    """Writes the workbook to a path or stream and returns its number of rows. Raises NotFound for an unknown kind."""
    table_kind = kind_named(kind)
    rows = list(_ROWS[kind]())
    used = {key for row in rows for key in row}
    columns = [column for column in table_kind.columns if column.required or column.key in used or column.allowed]
    _write(columns, rows, TITLES[kind], target)
    return len(rows)


def _write(columns: Sequence[Column], rows: Sequence[Row], title: tuple[str, str], target: workbooks.Target) -> None:
    book = workbooks.opened(target)
    book.set_properties({"title": title[0], "created": MADE})
    strong = book.add_format({"bold": True, "font_size": 14})
    quiet = book.add_format({"font_color": "#555555"})
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E6F0EF"})
    text = book.add_format({"num_format": "@"})
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("ទិន្នន័យ Data")
    sheet.merge_range(0, 0, 0, max(1, len(columns) - 1), "", strong)
    sheet.write_string(0, 0, f"{title[1]} — {title[0]}", strong)
    sheet.write_string(1, 0, "សូមមើលសន្លឹក «កំណត់ចំណាំ Notes»។ See the sheet “Notes”.", quiet)
    for place, column in enumerate(columns):
        star = " *" if column.required else ""
        sheet.write_string(HEADING_LINE, place, f"{column.label_km}\n{column.label_en}{star}", heading)
        sheet.set_column(place, place, column.width)
    sheet.set_row(HEADING_LINE, 64)
    sheet.freeze_panes(HEADING_LINE + 1, 1)
    cells = ([row.get(column.key) for column in columns] for row in rows)
    workbooks.write_rows(sheet, HEADING_LINE + 1, cells, text=text, date=date)
    notes = book.add_worksheet("កំណត់ចំណាំ Notes")
    _write_notes(notes, columns, heading=heading, text=text)
    for place, column in enumerate(columns):
        if column.allowed:
            span = (HEADING_LINE + 1, place, HEADING_LINE + ROWS_FOR_ANSWERS, place)
            first, last = _answers_span(columns, column)
            source = f"='កំណត់ចំណាំ Notes'!$A${first + 1}:$A${last + 1}"
            sheet.data_validation(*span, {"validate": "list", "source": source, "ignore_blank": True})
    book.close()


def _write_notes(notes: Worksheet, columns: Sequence[Column], *, heading: Format, text: Format) -> None:
    notes.set_column(0, 0, 44)
    notes.set_column(1, 3, 48)
    for place, words in enumerate(NOTES_HEAD):
        notes.write_string(0, place, words, heading)
    for line, column in enumerate(columns, start=1):
        notes.write_string(line, 0, f"{column.label_km} / {column.label_en}", text)
        notes.write_string(line, 1, "ត្រូវបំពេញ / needed" if column.required else "មិនចាំបាច់ / optional", text)
        notes.write_string(line, 2, column.help_km, text)
        notes.write_string(line, 3, column.help_en, text)
    for column in columns:
        if column.allowed:
            first, _last = _answers_span(columns, column)
            notes.write_string(first - 1, 0, f"{column.label_km} / {column.label_en}", heading)
            for line, answer in enumerate(column.allowed, start=first):
                notes.write_string(line, 0, answer, text)


def _answers_span(columns: Sequence[Column], wanted: Column) -> tuple[int, int]:
    """First and last line (from 0) of a column's answers on the sheet of notes."""
    line = len(columns) + 2
    for column in columns:
        if column is wanted:
            break
        if column.allowed:
            line += len(column.allowed) + 2
    return line + 1, line + len(wanted.allowed)


@lru_cache(maxsize=1)
def _places() -> dict[str, tuple[str, str, str]]:
    """The example's communes: code → names of province, district and commune, from the gazetteer's own table."""
    names = {row.code: row.name_latin for row in cambodia.rows() if row.level <= Level.COMMUNE}
    return {code: (names[code[:2]], names[code[:4]], names[code]) for code in mpp.FORMED}


def _where(commune: str) -> Row:
    province, district, name = _places()[commune]
    return {"province": province, "district": district, "commune": name}


def _stand_ins() -> tuple[dict[str, Group], dict[str, Place], dict[int, str]]:
    """Groups and places that were never stored, to let the example's own functions make its rows; their keys back to
    communes."""
    keys = {code: int(code) for code in mpp.FORMED}
    return (
        {code: Group(pk=key) for code, key in keys.items()},
        {code: Place(pk=key) for code, key in keys.items()},
        {key: code for code, key in keys.items()},
    )


def _group(commune: str) -> str:
    return mpp.group_name(_places()[commune][2])


def _cases() -> Iterator[Row]:
    groups, places, communes = _stand_ins()
    for case in mpp.case_rows(groups, places):
        commune = communes[case.place_id]
        judged = {judgement.violence: SCALE_WORDS[judgement.value] for judgement in case.judgements}
        yield {
            "code": case.code,
            "group": _group(commune),
            **_where(commune),
            "sessions": len(case.sessions),
            **({"judged": judged["any"], "physical": judged["physical"]} if judged else {}),
        }


def _tallies() -> Iterator[Row]:
    _groups, places, communes = _stand_ins()
    for tally in mpp.tally_rows(places):
        yield {
            **_where(communes[tally.place_id]),
            "channel": CHANNEL_WORDS[tally.channel],
            "since": tally.since,
            "until": tally.until,
            "contacts": tally.contacts,
        }


def _group_reports() -> Iterator[Row]:
    groups, _places_by_code, communes = _stand_ins()
    for report in mpp.report_rows(groups):
        counts = {key: count for key, count in report.counts().items() if count is not None}
        yield {
            "group": _group(communes[report.group_id]),
            "month": f"{report.month:%Y-%m}",
            "received_on": report.received_on,
            **counts,
        }


def _roster() -> Iterator[Row]:
    """Invented people of one commune, of no group: a men's group would take them only once they are vetted."""
    commune = next(iter(mpp.FORMED))
    for number, (family_km, family, given_km, given) in enumerate(INVENTED):
        yield {
            "family_km": family_km,
            "given_km": given_km,
            "family_latin": family,
            "given_latin": given,
            "gender": MAN,
            "birth_year": 1962 + 3 * number,
            **_where(commune),
            "consent": SIGNATURE if number % 3 else THUMBPRINT,
            "consent_on": mpp.FORMED[commune] + dt.timedelta(days=10 * number),
        }


def _responses() -> Iterator[Row]:
    """Answers of three people before and after a training, under numbers to be replaced by real ones."""
    for person in (101, 102, 103):
        for moment, day, answers in ((MOMENTS[0], 12, (2, 1, 2)), (MOMENTS[1], 14, (1, 1, 2))):
            yield {
                "person": f"P{person:06}",
                "instrument": "law-2005",
                "moment": moment.both,
                "date": dt.date(2024, 3, day),
                "activity": "training-1",
                **{f"item{number}": str(value) for number, value in enumerate(answers, start=1)},
            }


INVENTED = (
    ("សុខ", "Sok", "រតនៈ", "Rattanak"),
    ("ចាន់", "Chan", "វិសាល", "Visal"),
    ("ហេង", "Heng", "សំណាង", "Samnang"),
    ("កែវ", "Keo", "បុរី", "Borey"),
    ("ម៉ៅ", "Mao", "ពិសិដ្ឋ", "Piseth"),
    ("ទេព", "Tep", "ចំរើន", "Chamroeun"),
    ("អ៊ុំ", "Um", "សុវណ្ណ", "Sovann"),
    ("ឈឹម", "Chhim", "រិទ្ធី", "Rithy"),
)
MAN, SIGNATURE, THUMBPRINT = GENDERS[1].both, WAYS[0].both, WAYS[1].both

_ROWS: dict[str, Callable[[], Iterator[Row]]] = {
    "cases": _cases,
    "tallies": _tallies,
    "group-reports": _group_reports,
    "responses": _responses,
    "roster": _roster,
}
