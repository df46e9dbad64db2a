"""Definitions as data: what they may say, and that a change is a new version."""

from __future__ import annotations

from pathlib import Path

import pytest

from samaki.engines.results.definitions import DefinitionFault, both, counts_of, read, stored
from samaki.engines.results.frameworks import catalogue
from samaki.engines.results.models import IndicatorVersion
from samaki.engines.results.operations import load_catalogue
from samaki.kernel.actors import PUBLIC, System
from samaki.kernel.errors import Refused
from samaki.kernel.evidence import IndicatorFile, indicator_files
from tests.factories.programmes import a_setting

CATALOGUE = [
    "active_facilitators",
    "activities_held",
    "attendances",
    "authority_response_24h",
    "authority_response_hours",
    "behaviour_applied",
    "cascade_attendances",
    "cascade_facilitators",
    "cascade_new",
    "cascade_reach",
    "cascade_tallied",
    "follow_up_coverage",
    "gem_change",
    "group_report_timeliness",
    "law_awareness_change",
    "learning_gain",
    "learning_needs_met",
    "learning_retention",
    "members_cleared",
    "outreach_contacts",
    "participants",
    "perpetrators_counselled",
    "reported_stop_of_counselled",
    "reported_stop_of_success",
    "reported_success",
    "tot_completion",
    "verified_cessation",
    "verified_cessation_12",
    "vetting_passed",
    "working_group_composition",
]
LOADER = System("tests")


def texts() -> dict[str, str]:
    return {file.key: file.path.read_text(encoding="utf-8") for file in indicator_files}


@pytest.mark.once
def test_the_indicators_are_defined_once_each_in_both_languages() -> None:
    found = [definition for text in texts().values() for definition in read(text)]
    assert sorted(definition.key for definition in found) == CATALOGUE
    for definition in found:
        for language in ("en", "km"):
            assert bool(definition.texts[f"denominator_{language}"]) == definition.counts.is_ratio
            for name in ("label", "why", "numerator", "sources"):
                assert definition.texts[f"{name}_{language}"], (definition.key, name, language)


@pytest.mark.once
def test_what_is_counted_reads_back_as_it_was_kept() -> None:
    for text in texts().values():
        for definition in read(text):
            assert counts_of(stored(definition.counts)) == definition.counts


@pytest.mark.once
def test_a_numerator_can_only_narrow_its_denominator() -> None:
    whole = (("judged", ("improved", "stopped")), ("province", ("04",)))
    assert both(whole, (("judged", ("stopped", "worse")),)) == (("judged", ("stopped",)), ("province", ("04",)))
    for text in texts().values():
        for definition in read(text):
            narrowed = dict(both(definition.counts.where, definition.counts.narrowed or ()))
            for dimension, values in definition.counts.where:
                assert set(narrowed[dimension]) <= set(values)


@pytest.mark.once
@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('aggregate = "unique"', 'aggregate = "middle"', "aggregate"),
        ('aggregate = "unique"', 'aggregate = "median"\nscale = 4', "of what"),
        ('aggregate = "unique"', 'aggregate = "mean"', "scale"),
        ('aggregate = "unique"', 'aggregate = "unique"\nscale = 10', "scale"),
        ('aggregate = "unique"', 'aggregate = "unique"\nguess = 1', "guess"),
        ('km = "សមាជិកក្រុមការងារ"', "", "km"),
        ("review_on = 2027-11-30", "", "review_on"),
        ('basis = "state"', 'unknown = { gender = ["x"] }', "ratio"),
    ],
)
def test_a_wrong_definition_is_told_by_its_key_and_its_word(old: str, new: str, word: str) -> None:
    text = texts()["ground.groups"].replace(old, new)
    with pytest.raises(DefinitionFault, match=rf"working_group_composition: .*{word}"):
        read(text)


@pytest.mark.django_db
def test_loading_again_makes_no_version_and_needs_leave() -> None:
    load_catalogue(by=LOADER)
    again = load_catalogue(by=LOADER)
    assert (again.made, again.unchanged) == ((), len(CATALOGUE))
    for actor in (PUBLIC, a_setting().officer()):
        with pytest.raises(Refused):
            load_catalogue(by=actor)


@pytest.mark.django_db
def test_a_changed_definition_is_a_new_version_and_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_catalogue(by=LOADER)
    before = IndicatorVersion.objects.get(indicator__key="participants")
    changed = tmp_path / "indicators.toml"
    changed.write_text(texts()["ground.activities"].replace("A person who comes ten times", "Who comes ten times"))
    monkeypatch.setitem(indicator_files._entries, "ground.activities", IndicatorFile("ground.activities", changed))
    made = load_catalogue(by=LOADER).made
    assert [(version.indicator.key, version.number) for version in made] == [("participants", 2)]
    kept = IndicatorVersion.objects.get(pk=before.pk)
    assert (kept.digest, kept.why_en, kept.number) == (before.digest, before.why_en, 1)
    assert made[0].digest != before.digest


@pytest.mark.django_db
def test_a_definition_of_what_nobody_counts_loads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_catalogue(by=LOADER)
    before = IndicatorVersion.objects.count()
    for old, new in (('measure = "contact"', 'measure = "contacts"'), ('"channel", ', '"colour", ')):
        wrong = tmp_path / "indicators.toml"
        wrong.write_text(texts()["strands.outreach"].replace(old, new))
        with monkeypatch.context() as patch:
            patch.setitem(indicator_files._entries, "strands.outreach", IndicatorFile("strands.outreach", wrong))
            with pytest.raises(DefinitionFault):
                load_catalogue(by=LOADER)
    assert IndicatorVersion.objects.count() == before


@pytest.mark.django_db
def test_everyone_reads_the_definitions() -> None:
    load_catalogue(by=LOADER)
    assert [one.key for one in catalogue(PUBLIC)] == CATALOGUE
