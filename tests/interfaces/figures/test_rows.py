"""Rows behind a figure, in words: where each came from opens where it can be opened."""

from __future__ import annotations

from dataclasses import fields

import pytest
from django.utils import translation

from samaki.interfaces.figures.rows import table
from samaki.kernel.figures import RecordPage

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("origin", "text", "href"),
    [
        ("submission:12", "Form no. 12", "/submissions/12/"),
        ("import:3", "Spreadsheet", ""),
        ("page", "Page", ""),
        ("demo", "Example data", ""),
        ("", "–", ""),
    ],
)
def test_a_row_says_what_it_was_made_of(origin: str, text: str, href: str) -> None:
    values = {field.name: None for field in fields(RecordPage)}
    page = RecordPage(**{**values, "columns": (("origin", "Came from"),), "rows": ({"origin": origin},)})
    with translation.override("en"):
        cell = table(page, "Rows", "activity").rows[0][0]
    assert (cell.text, cell.href) == (text, href)
