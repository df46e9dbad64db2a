"""How changes between answers read behind a figure: a person is a number, her scores stand, her answers stay sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from samaki.kernel.evidence import IndicatorFile, RowSource, indicator_files, row_sources
from samaki.kernel.policy import Action
from samaki.strands.learning.measures.responses import response_and_kind
from samaki.strands.learning.models import Response

FILE = Path(__file__).parents[1] / "instruments.toml"
indicator_files.register(IndicatorFile("strands.learning.instruments", FILE))


def _changes(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    wanted = {row_id: response_and_kind(row_id)[0] for row_id in ids}
    related = ("person__merged_into", "activity", "organisation", "version__instrument")
    known = Response.objects.select_related(*related).in_bulk(list(wanted.values()))
    rows = {}
    for row_id, response_id in wanted.items():
        if response_id not in known:
            continue
        one = known[response_id]
        rows[row_id] = {
            "person": (one.person.merged_into or one.person).pk,
            "gender": (one.person.merged_into or one.person).gender,
            "instrument": f"{one.version.instrument.key} {one.version.number}",
            "activity": one.activity.key if one.activity else "",
            "moment": one.moment,
            "date": one.answered_on,
            "score": f"{one.points}/{one.most}" if one.points is not None else "",
            "organisation": one.organisation.key,
        }
    return rows


for _key in ("learning_gain", "learning_retention", "attitude_change", "law_change"):
    row_sources.register(
        RowSource(
            _key,
            Action.SEE_PEOPLE,
            (
                ("person", _("Person (number)")),
                ("gender", _("Gender")),
                ("instrument", _("Instrument")),
                ("activity", _("Activity")),
                ("moment", _("When answered")),
                ("date", _("Date")),
                ("score", _("Score of the later answers")),
                ("organisation", _("Organisation")),
            ),
            _changes,
        )
    )
