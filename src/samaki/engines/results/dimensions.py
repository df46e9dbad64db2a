"""By what a measure can be broken down."""

from __future__ import annotations

from samaki.kernel.measures import TIMES, divisions, measures, places


def dimensions_of(measure: str) -> frozenset[str]:
    """Keys by which a measure can be broken down or limited: its own, the calendar's, and those of place and maker."""
    own = {dimension.key for dimension in measures[measure].records.dimensions}
    levels = {level for tree in places for level in tree.levels}
    return frozenset(own | levels | {division.key for division in divisions} | TIMES.keys() | {"organisation"})
