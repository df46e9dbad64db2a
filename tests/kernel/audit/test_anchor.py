"""The anchor outlives a disk that was full and a machine that lost its power."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from samaki.kernel.actors import System
from samaki.kernel.audit import anchor
from samaki.kernel.audit.chain import seal_tail, verify
from samaki.kernel.audit.operations import record

pytestmark = pytest.mark.django_db


def an_act() -> None:
    record(System("tests"), "looked", ("thing", 1))
    seal_tail()


@pytest.mark.parametrize("cut", [1, 20, 70, 80, 99])
def test_a_mark_that_was_half_written_ends_no_anchoring_and_is_no_broken_chain(
    tmp_path: Path, settings: LazySettings, cut: int
) -> None:
    settings.AUDIT_ANCHOR = str(tmp_path / "anchor")
    path, now = Path(settings.AUDIT_ANCHOR), timezone.now()
    an_act()
    assert anchor.anchor(now)
    path.write_bytes(path.read_bytes() * 2)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + cut])
    an_act()
    assert verify().whole
    assert anchor.anchor(now + dt.timedelta(minutes=5))
    assert (len(list(anchor.marks())), verify().whole) == (2, True)


@pytest.mark.parametrize("line", ["1 ab cut me\n", f"1 {'a' * 64} yesterday\n", "cut\n"])
def test_a_line_that_is_no_mark_is_told(tmp_path: Path, settings: LazySettings, line: str) -> None:
    settings.AUDIT_ANCHOR = str(tmp_path / "anchor")
    Path(settings.AUDIT_ANCHOR).write_text(line)
    with pytest.raises(anchor.AnchorBroken):
        list(anchor.marks())
