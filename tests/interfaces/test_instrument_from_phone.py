"""An instrument on a phone, the whole way: published, listed, filled in, a set of answers, a change told."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django import Settings

from samaki.engines.fieldforms.built_in import ensure_all_built_in, ensure_built_in
from samaki.engines.fieldforms.models import Form, FormVersion, Submission
from samaki.engines.fieldforms.xforms import read_definition
from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.people.models import Person
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.strands.learning.models import Response
from samaki.strands.learning.operations.instruments import draft_instrument, publish_instrument
from tests.factories.field import HELD, NOW, Field, a_field, an_activity
from tests.factories.forms import filled
from tests.factories.instruments import AFTER, GEM, HEALTH, LAW, TEST, an_instrument, right_answers
from tests.factories.people import SETUP
from tests.factories.series import people
from tests.interfaces.openrosa.conftest import issue
from tests.interfaces.openrosa.phone import Phone
from tests.interfaces.pages import somebody

pytestmark = pytest.mark.django_db


def _phone(field: Field, username: str = "sokha") -> tuple[Phone, User]:
    user = User.objects.create(username=username, language="en")
    RoleGrant.objects.create(user=user, role=Role.FACILITATOR, organisation=field.ours, programme_id=field.programme.pk)
    issued = issue(user, field.ours, field.programme.pk)
    return Phone(f"http://testserver/or/{field.programme.key}", issued.device.username, issued.password), user


def _answers(person: Person, answers: dict[int, int], on: object, activity: str = "meeting") -> str:
    items = "".join(f"<item{number}>{value}</item{number}>" for number, value in answers.items())
    return f"<person>P{person.pk:06}</person><answered_on>{on}</answered_on><activity>{activity}</activity>{items}"


def _keys(field: Field) -> list[str]:
    return sorted(
        Form.objects.filter(programme=field.programme, handler="learning_responses").values_list("key", flat=True)
    )


def test_each_version_and_moment_has_a_form_and_the_washington_groups_questions_never() -> None:
    field = a_field()
    an_instrument(HEALTH)
    ensure_built_in(field.programme, by=SETUP, at=NOW)
    wanted = [f"samaki-{key}-1-{moment}" for key in (TEST, GEM, LAW) for moment in ("follow_up", "post", "pre")]
    assert _keys(field) == sorted(wanted)
    before = (list(Form.objects.values()), list(FormVersion.objects.values()), AuditEntry.objects.count())
    ensure_all_built_in(by=SETUP, at=NOW)
    ensure_built_in(field.programme, by=SETUP, at=NOW)
    there = Form.objects.filter(programme=field.programme)
    assert [one for one in before[0] if one["programme_id"] == field.programme.pk] == list(there.values())
    assert {form.versions.count() for form in there} == {1}


def test_the_questions_and_answers_stand_in_both_languages_as_they_were_published() -> None:
    field = a_field()
    version = an_instrument(GEM)
    ensure_built_in(field.programme, by=SETUP, at=NOW)
    form = Form.objects.get(programme=field.programme, key="samaki-gem-scale-1-post")
    assert (form.title_km, form.title_en) == (
        f"{version.instrument.title_km} 1 · ក្រោយវគ្គ",
        f"{version.instrument.title_en} 1 · After",
    )
    asked = {one.path: one for one in read_definition(form.versions.get().xform).questions}
    for item in version.items.all():
        question = asked[f"item{item.number}"]
        assert (question.label_km, question.label_en) == (item.text_km, item.text_en)
        assert [list(one) for one in question.choices] == [
            [str(one["value"]), one["km"], one["en"]] for one in item.choices
        ]
    assert form.mapping["constants"] == {"instrument": "gem-scale 1", "moment": "post"}


def test_publishing_makes_the_forms_of_that_version_and_leaves_those_of_the_last() -> None:
    field = a_field()
    first = draft_instrument(of=an_instrument(LAW), programme=field.programme, by=field.me, at=NOW)
    assert _keys(field) == []
    publish_instrument(first, by=field.me, at=NOW)
    assert {f"samaki-law-2005-ours-1-{moment}" for moment in ("pre", "post", "follow_up")} <= set(_keys(field))
    second = draft_instrument(of=first, programme=field.programme, by=field.me, at=NOW)
    before = _keys(field)
    publish_instrument(second, by=field.me, at=NOW)
    added = [key for key in _keys(field) if key not in before]
    assert added == [f"samaki-law-2005-ours-2-{moment}" for moment in ("follow_up", "post", "pre")]
    assert set(before) <= set(_keys(field))  # who answered before with the last version answers after with it
    assert Form.objects.filter(programme=field.other, key__startswith="samaki-law-2005-ours").count() == 0


def test_a_phone_fills_it_in_and_the_change_is_told(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    field = a_field()
    version = an_instrument(LAW)
    ensure_built_in(field.programme, by=SETUP, at=NOW)
    phone, user = _phone(field)
    activity = an_activity(field)
    activity.facilitator = user
    activity.save()

    listed = phone.form_list().body.decode()
    assert all(f"<formID>samaki-law-2005-1-{moment}</formID>" in listed for moment in ("pre", "post", "follow_up"))
    assert "washington" not in listed
    scores = [(2, 6), (3, 7), (4, 4), (5, 8), (6, 5)]
    for at, (person, (before, after)) in enumerate(zip(people(field, 5), scores, strict=True)):
        for moment, right, on in (("pre", before, HELD), ("post", after, AFTER)):
            said = _answers(person, right_answers(version, right), on)
            (answer,) = phone.submit(filled(f"samaki-law-2005-1-{moment}", "1", f"6d2f-{at}-{moment}", said))
            assert answer.status == 201
    assert set(Submission.objects.values_list("state", flat=True)) == {Submission.State.HANDLED}
    kept = Response.objects.order_by("person_id", "answered_on").values_list("points", flat=True)
    assert list(kept) == [points for pair in scores for points in pair]

    me = somebody(field, Role.PARTNER_ME)  # type: ignore[arg-type]  # it has what is asked for
    page = me.get(reverse("learning_change", args=["activity", activity.pk, version.pk]))
    assert page.context["sentences"][0] == "The law: from 4.0 to 6.0 of 10 right; 3 of 5 people improved."


def test_what_a_phone_may_not_say_is_kept_and_told_and_becomes_nothing(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    field = a_field()
    version = an_instrument(LAW)
    ensure_built_in(field.programme, by=SETUP, at=NOW)
    phone, user = _phone(field)
    activity = an_activity(field)
    activity.facilitator = user
    activity.save()
    (person,) = people(field, 1)
    wrong = _answers(person, right_answers(version, 3) | {4: 7}, HELD)
    elsewhere = _answers(person, right_answers(version, 3), HELD, activity="nowhere")
    for at, said in enumerate((wrong, elsewhere)):
        (answer,) = phone.submit(filled("samaki-law-2005-1-pre", "1", f"6d2f-{at}", said))
        assert answer.status == 201
    told = [[fault["code"] for fault in one.faults] for one in Submission.objects.order_by("pk")]
    assert (Response.objects.count(), told) == (0, [["answer_out_of_range"], ["refused"]])


def test_the_page_of_what_was_sent_asks_in_the_words_of_the_instrument(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    field = a_field()
    version = an_instrument(LAW)
    ensure_built_in(field.programme, by=SETUP, at=NOW)
    phone, user = _phone(field)
    activity = an_activity(field)
    activity.facilitator = user
    activity.save()
    (person,) = people(field, 1)
    phone.submit(filled("samaki-law-2005-1-pre", "1", "6d2f", _answers(person, right_answers(version, 3), HELD)))
    me = somebody(field, Role.PARTNER_ME)  # type: ignore[arg-type]  # as above
    page = me.get(reverse("submission", args=[Submission.objects.get().pk])).content.decode()
    first = version.items.get(number=1)
    assert first.text_en in page
