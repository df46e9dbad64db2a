"""How learning needs read behind a figure; nobody is named in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from samaki.ground.needs.models import LearningNeed
from samaki.kernel.evidence import IndicatorFile, RowSource, indicator_files, row_sources
from samaki.kernel.policy import Action

indicator_files.register(IndicatorFile("ground.needs", Path(__file__).with_name("indicators.toml")))


def _needs(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    found = LearningNeed.objects.filter(pk__in=ids).select_related("place", "group", "organisation", "answered_by")
    return {
        need.pk: {
            "need": need.pk,
            "date": need.raised_on,
            "raised_by": need.raised_by,
            "state": need.state,
            "closed_on": need.closed_on,
            "answered_by": need.answered_by.key if need.answered_by else None,
            "group": need.group.key if need.group else None,
            "place": need.place.code if need.place else None,
            "organisation": need.organisation.key,
            "origin": need.origin,
        }
        for need in found
    }


row_sources.register(
    RowSource(
        "learning_need",
        Action.SEE_PROGRAMME,
        (
            ("need", _("Learning need (number)")),
            ("date", _("Date")),
            ("raised_by", _("Asked by")),
            ("state", _("What became of it")),
            ("closed_on", _("Answered or declined on")),
            ("answered_by", _("Answered by the training")),
            ("group", _("Group")),
            ("place", _("Place")),
            ("organisation", _("Organisation")),
            ("origin", _("Came from")),
        ),
        _needs,
    )
)
