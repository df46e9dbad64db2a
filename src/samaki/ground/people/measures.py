"""People as columns, without names: gender, and age band at a date."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext_lazy as _

from samaki.ground.people.models import AgeBand, Gender, Person
from samaki.ground.places.measures import PLACES
from samaki.kernel.measures import (
    NOTHING,
    Array,
    Choice,
    Columns,
    Derived,
    Dimension,
    Flag,
    Link,
    Number,
    Table,
    month_of,
    tables,
)

_BANDS = tuple(AgeBand.values)
_LOWER_AGES = np.array([18, 25, 35, 50, 65])  # where the second to the sixth band begin


def age_band(columns: Columns, rows: Array | slice, as_of: int) -> Array:
    """The band of the age reached in the year of `as_of`; where only a band was declared, that band."""
    people = columns[PEOPLE.key]
    birth_year = people["birth_year"][rows].astype(np.int64)
    year = int(month_of(np.array([as_of]))[0]) // 12
    from_year = np.searchsorted(_LOWER_AGES, year - birth_year, side="right")
    return np.where(birth_year != NOTHING, from_year, people["age_band"][rows])


PEOPLE = tables.register(
    Table(
        Person,
        (
            # The one record that stands for the person; nobody where she withdrew.
            Link(
                "canonical",
                to=Person._meta.db_table,
                expression="CASE WHEN withdrawn_at IS NULL THEN COALESCE(merged_into_id, id) END",
            ),
            # … and who stands for her where an answer spans organisations; there, nobody for whom that is not known.
            Link("linked", to=Person._meta.db_table, expression="COALESCE(linked_into_id, id)"),
            Link(
                "compared",
                to=Person._meta.db_table,
                expression="CASE WHEN compared_across THEN COALESCE(linked_into_id, id) END",
            ),
            Link("place", to=PLACES.key),
            Flag("withdrawn", "withdrawn_at IS NOT NULL"),
            Choice("gender", tuple(Gender.values)),
            Number("birth_year"),
            Choice("age_band", _BANDS),
            Derived("age", _BANDS, age_band),
        ),
    )
)


def person_dimensions(path: str) -> tuple[Dimension, ...]:
    """Gender and age band of the person at the end of `path`."""
    return (
        Dimension("gender", _("Gender"), f"{path}.gender", frozenset({Gender.NOT_RECORDED.value})),
        Dimension("age_band", _("Age band"), f"{path}.age", frozenset({AgeBand.NOT_RECORDED.value})),
    )
