"""How decided candidacies read behind a figure: a candidate is a number, and nothing that was said is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import AnyActor
from samaki.kernel.evidence import IndicatorFile, RowSource, indicator_files, row_sources
from samaki.kernel.policy import Action
from samaki.strands.vetting.models import Candidacy
from samaki.strands.vetting.sight import locked_out

indicator_files.register(IndicatorFile("strands.vetting", Path(__file__).with_name("indicators.toml")))


def _decided(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    return {
        one.pk: {
            "candidate": one.pk,
            "group": one.group.key,
            "applied_on": one.applied_on,
            "decided_on": one.decided_on,
            "passed": "yes" if one.approved else "no",
            "organisation": one.organisation.key,
        }
        for one in Candidacy.objects.filter(pk__in=ids).select_related("group", "organisation")
    }


def _shut(actor: AnyActor) -> frozenset[int]:
    return locked_out(actor, on=timezone.localdate())


row_sources.register(
    RowSource(
        "vetting_decided",
        Action.DECIDE_VETTING,
        (
            ("candidate", _("Candidate (number)")),
            ("group", _("Group")),
            ("applied_on", _("Applied on")),
            ("decided_on", _("Decided on")),
            ("passed", _("Finally approved")),
            ("organisation", _("Organisation")),
        ),
        _decided,
        shut=_shut,
    )
)
