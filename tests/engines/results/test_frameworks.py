"""The results page: framework, targets and trends, asked together; only officers write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from samaki.engines.results.frameworks import definition, programme_results
from samaki.engines.results.models import Framework, Node, Target
from samaki.engines.results.operations import (
    NodeWritten,
    keep_statement,
    load_catalogue,
    set_baseline,
    set_framework,
    set_target,
)
from samaki.kernel.actors import PUBLIC, Actor, Role, System
from samaki.kernel.errors import Invalid, NotFound, Refused
from tests.factories.programmes import Setting, a_setting

pytestmark = pytest.mark.django_db

GOAL = NodeWritten("peace", Node.Level.GOAL, "Peace at home", "សន្តិភាពក្នុងផ្ទះ")
OUTCOME = NodeWritten("change", Node.Level.OUTCOME, "Men change", "បុរសផ្លាស់ប្តូរ", "peace", ("reported_success",))
OUTPUT = NodeWritten(
    "counsel", Node.Level.OUTPUT, "Men are counselled", "បុរសបានពិគ្រោះ", "change", ("perpetrators_counselled",)
)


@pytest.fixture
def setting(db: None) -> Setting:
    load_catalogue(by=System("tests"))
    return a_setting()


def write(setting: Setting, *nodes: NodeWritten, by: Actor | None = None) -> Framework:
    return set_framework(
        programme=setting.programme, title_en="F", title_km="ក", nodes=nodes, by=by or setting.officer()
    )


def test_a_partner_a_donor_and_a_stranger_write_no_framework_target_or_statement(setting: Setting) -> None:
    write(setting, GOAL, OUTCOME)
    said = {"value": "1", "text_en": "one", "text_km": "មួយ", "approximate": False, "source": "s"}
    of = {"programme": setting.programme, "indicator": "reported_success"}
    for by in (setting.partner(), setting.actor(Role.DONOR), setting.stranger(), PUBLIC):
        with pytest.raises(Refused):
            write(setting, GOAL, by=by)
        with pytest.raises(Refused):
            set_target(**of, period="2008", value=1, by=by)
        with pytest.raises(Refused):
            set_baseline(**of, at="2007", value=1, source="s", by=by)
        with pytest.raises(Refused):
            keep_statement(**of, **said, by=by)
    assert Node.objects.filter(framework__programme=setting.programme).count() == 2


def test_the_same_framework_again_changes_nothing_and_what_is_left_out_goes(setting: Setting) -> None:
    write(setting, GOAL, OUTCOME, OUTPUT)
    set_target(programme=setting.programme, indicator="reported_success", period="2008", value=60, by=setting.officer())
    before = set(Node.objects.values_list("pk", "key"))
    write(setting, GOAL, OUTCOME, OUTPUT)
    assert set(Node.objects.values_list("pk", "key")) == before
    assert Target.objects.count() == 1
    write(setting, GOAL, OUTCOME)
    assert sorted(Node.objects.values_list("key", flat=True)) == ["change", "peace"]


def test_an_output_stands_below_an_outcome_and_a_goal_on_top(setting: Setting) -> None:
    for nodes in ((OUTCOME,), (GOAL, NodeWritten("x", Node.Level.OUTPUT, "x", "x", "peace"))):
        with pytest.raises(Invalid) as refused:
            write(setting, *nodes)
        assert refused.value.code == "node_out_of_place"
    assert Framework.objects.count() == 0


def test_a_target_is_of_an_indicator_of_the_framework_within_its_range_and_dimensions(setting: Setting) -> None:
    write(setting, GOAL, OUTCOME)
    of = {"programme": setting.programme, "period": "2008", "by": setting.officer()}
    for change, code in (
        ({"indicator": "participants", "value": 3}, "not_in_framework"),
        ({"indicator": "reported_success", "value": 101}, "value_out_of_range"),
        ({"indicator": "reported_success", "value": -1}, "value_out_of_range"),
        ({"indicator": "reported_success", "value": 50, "cell": {"gender": "man"}}, "no_such_dimension"),
        ({"indicator": "reported_success", "value": 50, "period": "soon"}, "period_not_understood"),
    ):
        with pytest.raises((Invalid, NotFound)) as refused:
            set_target(**{**of, **change})  # type: ignore[arg-type]  # those of set_target
        assert refused.value.code == code
    assert Target.objects.count() == 0


def test_the_page_holds_value_target_baseline_and_trend(setting: Setting) -> None:
    write(setting, GOAL, OUTCOME, OUTPUT)
    group = setting.mens_group()
    setting.cases(3, group, judged="improved")
    setting.cases(1, group, judged="worse")
    of = {"programme": setting.programme, "indicator": "reported_success", "by": setting.officer()}
    set_target(**of, period="2008", value=Decimal("60"))
    set_target(**of, period="2008", value=Decimal("70"), cell={"area": "old"})
    set_target(**of, period="2009", value=Decimal("80"))
    set_baseline(**of, at="2007", value=None, source="not measured", source_km="មិនបានវាស់")
    with translation.override("km"):
        found = programme_results(setting.officer(), setting.programme.key, "2008", trend=3)
    assert [(node.key, node.level, node.parent, node.title) for node in found.nodes] == [
        ("peace", 1, None, "សន្តិភាពក្នុងផ្ទះ"),
        ("change", 2, "peace", "បុរសផ្លាស់ប្តូរ"),
        ("counsel", 3, "change", "បុរសបានពិគ្រោះ"),
    ]
    (tracked,) = found.nodes[1].indicators
    assert (tracked.figure.numerator, tracked.figure.denominator, tracked.figure.value) == (3, 4, 75.0)
    assert [(aim.value, dict(aim.cell)) for aim in tracked.targets] == [
        (Decimal(60), {}),
        (Decimal(70), {"area": "old"}),
    ]
    assert (tracked.target, tracked.baseline, tracked.baselines[0].source) == (Decimal(60), None, "មិនបានវាស់")
    assert [(one.period, one.denominator) for one in tracked.trend] == [("2006", 0), ("2007", 0), ("2008", 4)]


def test_a_page_of_three_indicators_and_records_costs_as_many_queries_as_one(setting: Setting) -> None:
    spent = []
    group = setting.mens_group()
    for number in (1, 3):
        setting.cases(number, group)
        keys = ("perpetrators_counselled", "reported_success", "outreach_contacts")[:number]
        write(setting, GOAL, NodeWritten("change", Node.Level.OUTCOME, "c", "c", "peace", keys))
        programme_results(setting.officer(), setting.programme.key, "2008")
        with CaptureQueriesContext(connection) as captured:
            found = programme_results(setting.officer(), setting.programme.key, "2008")
        assert len(found.nodes[1].indicators) == number
        spent.append(len(captured))
    assert spent[0] == spent[1]


def test_a_programme_without_framework_has_an_empty_page(setting: Setting) -> None:
    assert programme_results(setting.officer(), setting.programme.key, "2008").nodes == ()
    with pytest.raises(NotFound):
        programme_results(setting.officer(), "nowhere", "2008")


def test_a_definition_reads_in_the_language_in_use(setting: Setting) -> None:
    for language, label in (("en", "Activities held"), ("km", "សកម្មភាពដែលបានធ្វើ")):
        with translation.override(language):
            found = definition(PUBLIC, "activities_held")
        assert found is not None
        assert (found.label, found.version, found.is_ratio) == (label, 1, False)
    assert definition(PUBLIC, "activities_held", version=9) is None
