"""The example's cascade is one that the system itself would have taken."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.engines.results.queries import figure
from samaki.kernel.actors import System
from samaki.kernel.figures import FigureQuery
from samaki.strands.learning.models import Lead, Response, Series
from samaki.strands.learning.queries.changes import health, trainings
from samaki.strands.learning.queries.practice import why_not_lead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]
WHO = System("tests")


def test_everybody_who_leads_in_the_example_might_have_been_written_down() -> None:
    refused = {
        f"{lead.session.activity.key}: {why.code}"
        for lead in Lead.objects.select_related("session__activity")
        if (why := why_not_lead(WHO, lead.person_id, lead.session)) is not None
    }
    assert (refused, Lead.objects.exists()) == (set(), True)


def test_each_kind_of_series_stands_in_the_working_group_s_example() -> None:
    kinds = Series.objects.filter(programme__key="twg", ends_on__isnull=False).values_list("kind", flat=True)
    assert set(kinds) == set(Series.Kind.values)


def test_completing_and_leading_have_figures_in_both_programmes() -> None:
    completed = [
        figure(WHO, FigureQuery(key, "tot_completion", period=period))
        for key, period in (("twg", "2024"), ("banteay-srei", "2023"))
    ]
    active = figure(WHO, FigureQuery("twg", "active_facilitators", as_of=dt.date(2024, 6, 30)))
    assert [(one.denominator or 0) > 0 and (one.numerator or 0) > 0 for one in (*completed, active)] == [True] * 3


def test_answers_about_disability_are_sealed_and_told_only_as_a_share_that_is_large_enough() -> None:
    found = Response.objects.filter(version__instrument__scoring="washington_group")
    assert set(found.values_list("answered", "points", "scaled")) == {(None, None, None)}
    told = [
        health(WHO, asked, on=dt.date(2026, 1, 1)).ratio
        for asked in trainings(WHO)
        if asked.version.instrument.scoring == "washington_group"
    ]
    assert sorted(one.suppressed for one in told if one is not None) == [False, True]
