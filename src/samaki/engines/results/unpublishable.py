"""What is never published, whatever its numbers: before the door counts anything, and before it proves anything."""

from __future__ import annotations

import math
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from samaki.engines.results.asking import Resolved
from samaki.engines.results.counting import ORGANISATION
from samaki.engines.results.definitions import Basis
from samaki.ground.periods.rules import Kind, Period
from samaki.kernel.disclosure import in_scope
from samaki.kernel.errors import Invalid, Refused

SIMPLE = 2  # dimensions of a table that is quickly proved safe
MOST_COUNTS = (1_000, 300)  # parts of a simple table and of another; more would keep a reader waiting for seconds
MOST_RATIOS = (200, 30)
PLACES = ("province", "district", "commune", "village")
NEVER_OUTSIDE = (ORGANISATION, "group")


def refuse_outside(one: Resolved) -> None:
    """Raises Refused where this cannot be published to anyone, whatever its numbers."""
    levels = {name for name in one.query.by if name in PLACES} | ({one.place_level} if one.place_level else set())
    for name in sorted(levels - set(one.counts.places)):
        raise Refused(
            "place_not_published",
            _("This figure is not published for so small a place. It is for: %(places)s, or the whole programme."),
            field="place",
            place=name,
            places=", ".join(one.counts.places),
        )
    if one.query.as_of is not None and one.counts.basis is not Basis.STATE:
        # Asked month by month, each difference is what one month added.
        raise Refused(
            "as_of_not_published",
            _("Up to a day, this figure is not published. Please ask for a period."),
            field="as_of",
        )
    if (one.query.by or one.place) and not may_be_parted(one.version.unit, one.period):
        raise Refused("years_only", _("Broken down, this figure is published for whole years only."), field="period")
    for name in one.query.by:
        if name in NEVER_OUTSIDE:
            raise Refused(
                "dimension_not_published", _("A breakdown by %(name)s is not published."), field="by", name=name
            )


def may_be_parted(unit: str, period: Period | None) -> bool:
    """Whether parts of the figure may be published for the period: of people and cases, for whole years and all time.
    A quarter is its year less the other quarters, so parts of both would give each other away."""
    return period is None or period.kind is Kind.YEAR or not in_scope(unit)


def refuse_too_fine(one: Resolved, categories: Sequence[Sequence[str]]) -> None:
    """Raises Invalid where proving that nobody is exposed would take longer than a reader waits."""
    most = MOST_RATIOS if one.counts.is_ratio else MOST_COUNTS
    if math.prod(len(names) for names in categories) > most[len(categories) > SIMPLE]:
        raise Invalid(
            "too_fine_to_publish",
            _("This breakdown has too many parts to be published safely. Please choose fewer."),
            field="by",
        )
