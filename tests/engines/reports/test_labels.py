"""One wording of dimensions and values, for pages, files and reports."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from samaki.engines.reports import labels
from samaki.kernel.measures import TIMES, divisions, measures, places
from tests.factories.programmes import a_setting

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("key", "measure", "value", "english", "khmer"),
    [
        ("judged", "case", "stopped", "Stopped", "បានឈប់"),
        ("timeliness", "group_month", "missing", "Not received", "មិនទាន់ទទួល"),
        ("age_band", "attendance", "18_24", "18–24 years", "18–24 ឆ្នាំ"),
        ("gender", "membership", "woman", "Woman", "ស្ត្រី"),
        ("channel", "contact", "flier", "Flier", "ខិត្តប័ណ្ណ"),
        ("area", "contact", "new", "New area", "តំបន់ថ្មី"),
        ("group_kind", "membership", "network", "Network", "បណ្តាញ"),
        ("month", "contact", "2008-03", "March 2008", "មីនា 2008"),
        ("gender", "attendance", "unknown", "Unknown", "មិនដឹង"),
        ("kind", "attendance", "no-such", "no-such", "no-such"),
    ],
)
def test_a_value_has_its_words_in_both_languages(key: str, measure: str, value: str, english: str, khmer: str) -> None:
    said = []
    for language in ("en", "km"):
        with translation.override(language):
            said.append(labels.values(key, measure, [value])[value])
    assert said == [english, khmer]


def test_every_dimension_of_every_measure_has_a_name() -> None:
    levels = {level for tree in places for level in tree.levels}
    shared = levels | {one.key for one in divisions} | set(TIMES) | {"organisation"}
    with translation.override("en"):
        keys = {(one.key, key) for one in measures for key in {*shared, *(d.key for d in one.records.dimensions)}}
        assert [(measure, key) for measure, key in keys if labels.dimension(key, measure) == key] == []


def test_names_of_groups_and_organisations_take_one_look_up_however_many() -> None:
    setting = a_setting()
    groups = [setting.mens_group().key for _number in range(3)]
    partners = [one.key for one in setting.partners]
    with translation.override("en"), CaptureQueriesContext(connection) as captured:
        assert labels.values("group", "case", groups) == dict.fromkeys(groups, "Group")
        assert labels.values("organisation", "case", partners) == dict(zip(partners, ("Ours", "Theirs"), strict=True))
    assert len(captured) == 2
