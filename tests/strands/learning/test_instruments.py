from __future__ import annotations

from dataclasses import replace

import pytest

from samaki.kernel.actors import PUBLIC, Role
from samaki.kernel.errors import Conflict, Invalid, NotFound, Refused
from samaki.strands.learning.models import Instrument, InstrumentVersion
from samaki.strands.learning.operations.instruments import (
    SHIPPED,
    begin_scale,
    draft_instrument,
    edit_instrument,
    load_instruments,
    publish_instrument,
)
from samaki.strands.learning.queries.changes import asked_at, change
from samaki.strands.learning.queries.instruments import definition_of, instrument, instruments, latest, published
from samaki.strands.learning.rules.instruments import Band, Choice, Definition, InstrumentFault, Question, check, read
from tests.factories.field import NOW, a_consenting_person, a_field, an_activity
from tests.factories.instruments import GEM, HEALTH, LATER, LAW, TEST, an_instrument, same_answers, take, told
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db
SHIPS = {TEST: 10, GEM: 24, LAW: 10, HEALTH: 6}


def test_four_instruments_ship_and_load_once() -> None:
    assert {one.instrument.key: one.items.count() for one in load_instruments(by=SETUP)} == SHIPS
    assert load_instruments(by=SETUP) == []
    assert InstrumentVersion.objects.filter(is_published=True).count() == 4


def test_each_wording_says_per_language_whether_it_is_validated() -> None:
    load_instruments(by=SETUP)
    found = InstrumentVersion.objects.values_list("instrument__key", "wording_km", "wording_en")
    assert {key: (km, en) for key, km, en in found} == {
        TEST: ("own_wording", "own_wording"),
        GEM: ("own_wording", "own_wording"),
        LAW: ("own_wording", "own_wording"),
        HEALTH: ("own_translation", "validated"),
    }


def test_a_shipped_definition_that_changed_is_the_next_version(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_instrument()
    text = (SHIPPED / "law-2005.toml").read_text(encoding="utf-8")
    (tmp_path / "law-2005.toml").write_text(text.replace("A court can", "A judge can"), encoding="utf-8")  # type: ignore[operator]
    monkeypatch.setattr("samaki.strands.learning.operations.instruments.SHIPPED", tmp_path)
    assert [(one.instrument.key, one.number) for one in load_instruments(by=SETUP)] == [(LAW, 2)]


@pytest.mark.parametrize(
    "change, code",
    [
        ('en = "Do you have difficulty seeing, even if wearing glasses?"', "words_missing"),
        ("value = 9", "washington_group_shape"),
    ],
)
def test_a_file_that_could_not_be_scored_is_refused(change: str, code: str) -> None:
    text = (SHIPPED / "washington-group.toml").read_text(encoding="utf-8")
    with pytest.raises(InstrumentFault) as fault:
        read(text.replace(change, {"words_missing": 'en = " "'}.get(code, "value = 5")))
    assert fault.value.code == code


def test_a_gem_scale_keeps_its_24_items_and_7_reversed() -> None:
    one = read((SHIPPED / "gem-scale.toml").read_text(encoding="utf-8"))
    assert sum(question.is_reversed for question in one.questions) == 7
    for wrong in (
        replace(one, questions=one.questions[1:]),
        replace(one, questions=(replace(one.questions[0], is_reversed=True), *one.questions[1:])),
    ):
        with pytest.raises(InstrumentFault):
            check(wrong)


def test_a_test_says_which_answer_is_right_and_a_scale_does_not() -> None:
    one = read((SHIPPED / "law-2005.toml").read_text(encoding="utf-8"))
    for right in (None, 3):
        with pytest.raises(InstrumentFault) as fault:
            check(replace(one, questions=(replace(one.questions[0], right=right), *one.questions[1:])))
        assert (fault.value.code, fault.value.where) == ("right_answer", "1")


def test_what_all_programmes_use_is_copied_before_one_changes_it() -> None:
    field = a_field()
    shared = an_instrument(LAW)
    draft = draft_instrument(of=shared, programme=field.programme, by=field.me, at=NOW)
    assert (draft.instrument.key, draft.instrument.programme, draft.number) == ("law-2005-ours", field.programme, 1)
    assert definition_of(draft).questions == definition_of(shared).questions
    changed = replace(definition_of(draft), title_en="Our test of the law", wording_km="validated")
    edit_instrument(draft, changed, by=field.me, at=NOW)
    publish_instrument(draft, by=field.me, at=NOW)
    assert definition_of(draft) == changed
    assert shared.instrument.title_en == Instrument.objects.get(key=LAW).title_en
    with pytest.raises(Conflict):
        edit_instrument(draft, changed, by=field.me, at=NOW)


def test_the_next_version_of_our_own_is_drafted_once_and_used_once_published() -> None:
    field = a_field()
    first = draft_instrument(of=an_instrument(LAW), programme=field.programme, by=field.me, at=NOW)
    with pytest.raises(Conflict):
        draft_instrument(of=first, programme=field.programme, by=field.me, at=NOW)
    publish_instrument(first, by=field.me, at=NOW)
    second = draft_instrument(of=first, programme=field.programme, by=field.me, at=NOW)
    assert (second.instrument, second.number) == (first.instrument, 2)
    assert second not in published(field.programme)
    publish_instrument(second, by=field.me, at=NOW)
    assert second in latest(field.programme)
    assert first not in latest(field.programme)
    assert first in published(field.programme)


def test_a_draft_that_could_not_be_scored_is_not_kept() -> None:
    field = a_field()
    draft = draft_instrument(of=an_instrument(GEM), programme=field.programme, by=field.me, at=NOW)
    definition = definition_of(draft)
    with pytest.raises(Invalid) as refused:
        edit_instrument(draft, replace(definition, questions=definition.questions[1:]), by=field.me, at=NOW)
    assert refused.value.code == "gem_shape"
    assert draft.items.count() == 24


def test_only_those_who_edit_curricula_of_the_programme_write_instruments() -> None:
    field = a_field()
    shared = an_instrument(LAW)
    refused = {
        "a facilitator": field.actor(Role.FACILITATOR),
        "an auditor": field.actor(Role.AUDITOR),
        "a donor": field.actor(Role.DONOR),
        "of another programme": field.actor(Role.PARTNER_ME, programme=field.other),
        "the public": PUBLIC,
    }
    for actor in refused.values():
        with pytest.raises(Refused):
            draft_instrument(of=shared, programme=field.programme, by=actor, at=NOW)
    with pytest.raises(NotFound):
        publish_instrument(shared, by=field.me, at=NOW)


def test_an_instrument_of_a_programme_is_not_there_for_others() -> None:
    field = a_field()
    draft = draft_instrument(of=an_instrument(LAW), programme=field.programme, by=field.me, at=NOW)
    assert instrument(field.officer, draft.instrument.key) == draft.instrument
    for actor in (field.actor(Role.PARTNER_ME, programme=field.other), PUBLIC, field.actor(Role.DONOR)):
        with pytest.raises(NotFound):
            instrument(actor, draft.instrument.key)
    assert [one.key for one in instruments(field.actor(Role.PARTNER_ME, programme=field.other))] == sorted(SHIPS)
    assert list(instruments(PUBLIC)) == []


def test_bands_of_a_scale_are_its_own_and_counted_in_its_change() -> None:
    field = a_field()
    answers = (Choice(1, "ទេ", "No"), Choice(2, "បាទ/ចាស", "Yes"))
    definition = Definition(
        "",
        "likert",
        "មាត្រដ្ឋាន",
        "Scale",
        "own_wording",
        "own_wording",
        "",
        tuple(Question(f"ក{n}", f"A{n}", answers) for n in range(5)),
        (Band(5, "ទាប", "Low"), Band(9, "ខ្ពស់", "High")),
    )
    draft = begin_scale(definition=definition, programme=field.programme, by=field.me, at=NOW)
    version = publish_instrument(draft, by=field.me, at=NOW)
    training = an_activity(field)
    for number in range(5):
        person = a_consenting_person(field.ours)
        before, after = same_answers(version, 1), same_answers(version, 2) | ({1: 1, 2: 1} if number == 0 else {})
        take(field, told(field, person, version, before, "pre", training.starts_on, activity=training.key))
        take(field, told(field, person, version, after, "post", training.ends_on, activity=training.key))
    asked = asked_at(field.me, "activity", training.pk, version.pk)
    found = change(field.me, asked, on=LATER)
    assert (found.before, found.after) == ((5, 0), (1, 4))
