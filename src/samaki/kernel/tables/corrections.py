"""Rows that say otherwise than what was received: a correction only where the row, or the sender, says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from samaki.kernel.errors import RowsInvalid
from samaki.kernel.records import Written
from samaki.kernel.tables.cells import NO, YES, allowed, yes_no
from samaki.kernel.tables.kinds import Checked, Column, Setting

CORRECTION = Column(
    "correction",
    "Correction",
    "ការកែតម្រូវ",
    yes_no,
    ("is a correction", "corrects", "កែតម្រូវ"),
    help_en="“Yes” where the row corrects what was received before. Otherwise leave empty.",
    help_km="«មាន» បើជួរនេះកែតម្រូវអ្វីដែលបានទទួលពីមុន។ បើមិនមែន ទុកទទេ។",
    allowed=allowed(YES, NO),
)


def in_two_takes(checked: Checked, setting: Setting, take: Callable[[Sequence[object], bool], Written]) -> Written:
    """`take(rows, corrections)` once for rows that may correct and once for those that may not. RowsInvalid of either
    is told by index into all rows, both together."""
    faults = []
    done = Written()
    for corrections in (False, True):
        chosen = [
            index
            for index, place in enumerate(checked.places)
            if (setting.corrections or place in checked.corrections) is corrections
        ]
        if not chosen:
            continue
        try:
            written = take([checked.rows[index] for index in chosen], corrections)
        except RowsInvalid as error:
            faults += [(chosen[index], why) for index, why in error.faults]
            continue
        done = Written(
            done.created + written.created, done.changed + written.changed, done.unchanged + written.unchanged
        )
    if faults:
        raise RowsInvalid(faults)
    return done
