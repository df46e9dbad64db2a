from __future__ import annotations

import pytest

from samaki.engines.fieldforms.built_in import ensure_all_built_in, ensure_built_in
from samaki.engines.fieldforms.handling import Bound, Sent, handle
from samaki.engines.fieldforms.models import Form, FormVersion
from samaki.engines.fieldforms.xforms import read_definition, read_submission
from samaki.ground.activities.models import Activity, Session, Tally
from samaki.ground.groups.models import Group
from samaki.ground.programmes.models import ProgrammePlace
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.form_handlers import form_handlers
from tests.factories.field import COMMUNE, HELD, NOW, Field, a_field, a_group, a_place, a_programme
from tests.factories.people import SETUP
from tests.factories.places import load_few_places

pytestmark = pytest.mark.django_db


def _forms(field: Field) -> dict[str, Form]:
    return {form.handler: form for form in ensure_built_in(field.programme, by=SETUP, at=NOW)}


def _published(form: Form) -> FormVersion:
    return form.versions.get(state=FormVersion.State.PUBLISHED)


def test_a_programme_has_a_form_for_each_job_that_fits_it() -> None:
    field = a_field()
    assert sorted(_forms(field)) == ["group_month", "outreach_tally", "session"]
    other = ensure_built_in(a_programme("without-groups"), by=SETUP, at=NOW)
    assert [form.handler for form in other] == ["session"]


def test_made_again_nothing_is_written() -> None:
    field = a_field()
    _forms(field)
    ensure_all_built_in(by=SETUP, at=NOW)
    before = (list(Form.objects.values()), list(FormVersion.objects.values()), AuditEntry.objects.count())
    _forms(field)
    ensure_all_built_in(by=SETUP, at=NOW)
    assert (list(Form.objects.values()), list(FormVersion.objects.values()), AuditEntry.objects.count()) == before


def test_another_place_of_the_programme_makes_the_next_version_and_withdraws_the_last() -> None:
    field = a_field()
    _forms(field)
    ProgrammePlace.objects.create(programme=field.programme, place=a_place("040602"), area="new")
    session = _forms(field)["session"]
    assert list(session.versions.order_by("pk").values_list("version", "state")) == [
        ("1", "withdrawn"),
        ("2", "published"),
    ]
    assert list(Form.objects.get(handler="group_month").versions.values_list("version", flat=True)) == ["1"]


def test_every_question_has_words_in_khmer_and_english_and_answers_a_field_of_its_handler() -> None:
    for form in _forms(a_field()).values():
        definition = read_definition(_published(form).xform)
        assert (definition.form_id, definition.version) == (f"samaki-{form.handler}", "1")
        asked = {question.path for question in definition.questions}
        known = {path for path in form.mapping["fields"].values() if "rightsholder" not in path}
        assert known - asked == set()
        for question in definition.questions:
            if question.is_asked:
                assert question.label_km and question.label_en, question.path
                assert all(km and en for _value, km, en in question.choices), question.path


def test_the_questions_keep_the_types_and_conditions_of_their_fields() -> None:
    forms = _forms(a_field())
    questions = {question.path: question for question in read_definition(_published(forms["session"]).xform).questions}
    assert [(questions[path].kind, questions[path].required) for path in ("held_on", "kind", "all", "title")] == [
        ("date", True),
        ("select_one", False),
        ("int", False),
        ("string", False),
    ]
    assert [value for value, _km, _en in questions["kind"].choices] == Activity.Kind.values
    assert (questions["people/gender"].repeat, questions["place"].is_asked) == ("people", False)
    assert [value for value, _km, _en in questions["place_chosen"].choices] == [COMMUNE, "other"]


def test_a_filled_built_in_form_becomes_its_record() -> None:
    field = a_field()
    load_few_places()
    form = _forms(field)["session"]
    xml = f"""<data xmlns:orx="http://openrosa.org/xforms" id="samaki-session" version="1">
      <held_on>{HELD}</held_on><kind>meeting</kind><place_chosen>other</place_chosen><place_other>040602</place_other>
      <place>040602</place><is_sensitive>no</is_sensitive>
      <people><gender>woman</gender></people><people><gender>man</gender><birth_year>1990</birth_year></people>
      <orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta></data>"""
    by = field.actor(Role.FACILITATOR, second_factor=False)
    answers = read_submission(xml.encode()).answers(frozenset(_published(form).repeats))
    faults = handle(Bound.of(form), [Sent("submission:1", answers, by, NOW)], organisation_id=field.ours.pk, at=NOW)
    assert dict(faults) == {}
    activity = Activity.objects.select_related("place").get()
    assert (activity.kind, activity.place and activity.place.code, activity.is_sensitive) == (
        "meeting",
        "040602",
        False,
    )
    assert Session.objects.get().attendance == "tally"
    assert Tally.objects.get(dimension="gender", value="man").count == 1


def test_only_handlers_with_a_job_have_a_form() -> None:
    wanted = {handler.key for handler in form_handlers if handler.job is not None}
    field = a_field()
    a_group(field.programme, field.ours, "learning", kind=Group.Kind.LEARNING_GROUP)
    assert set(_forms(field)) == wanted
