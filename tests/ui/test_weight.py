"""What our own style sheets weigh as they are sent."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

pytestmark = pytest.mark.once
BUDGETS = {"samaki/samaki.css": 6 * 1024, "samaki/charts.css": 2 * 1024}


@pytest.mark.parametrize("sheet", BUDGETS)
def test_a_style_sheet_is_within_its_weight(sheet: str) -> None:
    found = finders.find(sheet)
    assert isinstance(found, str)
    assert len(gzip.compress(Path(found).read_bytes())) <= BUDGETS[sheet]
