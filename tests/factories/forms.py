"""Workbooks of forms, as people make them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from xlsxwriter import Workbook

Rows = Sequence[Sequence[str]]

SURVEY: Rows = (
    ("type", "name", "label::Khmer (km)", "label::English (en)", "required", "relevant"),
    ("date", "held_on", "ថ្ងៃ", "Day", "yes", ""),
    ("select_one kinds", "kind", "ប្រភេទ", "Kind of meeting", "yes", ""),
    ("integer", "women", "ចំនួនស្ត្រី", "Number of women", "", "${kind} = 'training'"),
    ("begin_repeat", "people", "មនុស្ស", "People", "", ""),
    ("text", "who", "លេខសម្គាល់", "Code", "", ""),
    ("select_one kinds", "wants", "ចង់បាន", "Wants", "", ""),
    ("end_repeat", "people", "", "", "", ""),
)
CHOICES: Rows = (
    ("list_name", "name", "label::Khmer (km)", "label::English (en)"),
    ("kinds", "training", "វគ្គបណ្តុះបណ្តាល", "Training"),
    ("kinds", "meeting", "ប្រជុំ", "Meeting"),
)
SETTINGS: Rows = (("form_id", "form_title", "version"), ("visits", "Visits", "1"))


def a_workbook(sheets: Mapping[str, Rows]) -> bytes:
    target = io.BytesIO()
    book = Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                if text:
                    sheet.write_string(at, column, text)
    book.close()
    return target.getvalue()


def a_form(survey: Rows = SURVEY, *, choices: Rows = CHOICES, settings: Rows = SETTINGS) -> bytes:
    return a_workbook({"survey": survey, "choices": choices, "settings": settings})


def asking(*rows: Sequence[str], settings: Rows = SETTINGS, choices: Rows = CHOICES) -> bytes:
    """A form of a heading row and these rows: type, name, Khmer, English, and what else the heading names."""
    head = ("type", "name", "label::Khmer (km)", "label::English (en)", "relevant", "calculation", "constraint")
    return a_form((head, *rows), settings=settings, choices=choices)


def filled(form_id: str, version: str, instance: str, answers: str, *, extra: str = "") -> bytes:
    """A submission's XML; `answers` are its elements."""
    meta = f"<meta><instanceID>uuid:{instance}</instanceID>{extra}</meta>"
    return f'<data id="{form_id}" version="{version}">{answers}{meta}</data>'.encode()
