"""A sheet keyed from paper: all or none, told row by row, and nobody's but of who may write down who came."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Activity
from samaki.ground.people.models import Person, PersonKey
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.strands.learning.models import EarlierAnswers, InstrumentVersion, Response
from samaki.strands.learning.sealing import opened_answers
from tests.factories.field import HELD, Field, a_consenting_person, a_field
from tests.factories.instruments import GEM, HEALTH, LAW, an_instrument, right_answers, same_answers
from tests.factories.series import an_activity_of, attend, people, sessions_of
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db


def _me(field: Field, role: Role = Role.PARTNER_ME) -> Client:
    return somebody(field, role)  # type: ignore[arg-type]  # it has the organisation and the programme asked for


def _training(field: Field, came: list[Person], key: str = "training") -> Activity:
    activity = an_activity_of(field, [HELD], key=key)
    attend(field, sessions_of(activity)[0], came)
    return activity


def _sheet(activity: Activity, version: InstrumentVersion, moment: str = "pre") -> str:
    return reverse("keying_sheet", args=[activity.pk, version.pk, moment])


def _history(activity: Activity, version: InstrumentVersion, person: Person) -> str:
    return reverse("keying_history", args=[activity.pk, version.pk, "pre", person.pk])


def _cells(person: Person, answers: dict[int, int], seen: int = 0) -> dict[str, str]:
    return {f"a{person.pk}-{at}": str(value) for at, value in answers.items()} | {f"seen{person.pk}": str(seen)}


def _on(day: dt.date = HELD) -> dict[str, str]:
    return {"on_day": str(day.day), "on_month": str(day.month), "on_year": str(day.year)}


def _kept(person: Person) -> dict[int, int]:
    return opened_answers(Response.objects.get(person=person), PersonKey.objects.get(pk=person.pk))


def _faults(client: Client, address: str, sent: dict[str, str]) -> tuple[int, list[list[str]]]:
    answer = client.post(address, sent)
    return answer.status_code, [row.faults for row in answer.context["rows"]] if answer.context else []


def test_a_sheet_is_kept_with_scores_and_an_empty_row_stays_as_it_was() -> None:
    field = a_field()
    first, second = people(field, 2)
    activity, version = _training(field, [first, second]), an_instrument(LAW)
    answer = _me(field).post(_sheet(activity, version), _on() | _cells(first, right_answers(version, 6)))
    assert answer.status_code == 302
    one = Response.objects.get()
    assert (one.person, one.points, one.moment, one.activity, one.answered_on) == (first, 6, "pre", activity, HELD)
    assert _kept(first) == right_answers(version, 6)


def test_khmer_digits_are_read_and_a_question_left_empty_is_not_answered() -> None:
    field = a_field()
    (person,) = people(field, 1)
    activity, version = _training(field, [person]), an_instrument(GEM)
    sent = _on() | _cells(person, same_answers(version, 3)) | {f"a{person.pk}-1": "១", f"a{person.pk}-2": ""}
    assert _me(field).post(_sheet(activity, version), sent).status_code == 302
    assert _kept(person) == {number: 1 if number == 1 else 3 for number in range(1, 25) if number != 2}


@pytest.mark.parametrize("written", ["4", "0", "x", "-1", "1.5"])
def test_one_answer_out_of_range_keeps_the_whole_sheet_out_and_is_told_in_its_row(written: str) -> None:
    field = a_field()
    first, second = people(field, 2)
    activity, version = _training(field, [first, second]), an_instrument(GEM)
    sent = _on() | _cells(first, same_answers(version, 2)) | _cells(second, same_answers(version, 2) | {7: 0})
    sent[f"a{second.pk}-7"] = written
    told = _faults(_me(field), _sheet(activity, version), sent)
    assert told == (422, [[], ["Question 7 has no such answer."]])
    assert Response.objects.count() == 0


def test_a_sheet_sent_empty_or_without_a_day_or_on_a_day_to_come_is_asked_about() -> None:
    field = a_field()
    (person,) = people(field, 1)
    activity, version = _training(field, [person]), an_instrument(LAW)
    client, address, cells = _me(field), _sheet(activity, version), _cells(person, right_answers(version, 6))
    tomorrow = dt.date.today() + dt.timedelta(days=2)
    for sent in (_on(), cells, _on(tomorrow) | cells):
        answer = client.post(address, sent)
        assert (answer.status_code, bool(answer.context["form"].errors)) == (422, True)
    assert Response.objects.count() == 0


def test_one_person_twice_stands_once_on_the_sheet_also_after_a_merge() -> None:
    field = a_field()
    person, double = people(field, 2)
    activity = _training(field, [person, double])
    double.merged_into = person
    double.save()
    page = _me(field).get(_sheet(activity, an_instrument(LAW)))
    assert [row.person for row in page.context["rows"]] == [person.pk]


def test_who_did_not_come_is_not_keyed_whatever_is_sent() -> None:
    field = a_field()
    came, stayed = people(field, 2)
    stranger = a_consenting_person(field.theirs)
    activity, version = _training(field, [came]), an_instrument(LAW)
    sent = _on() | _cells(stayed, right_answers(version, 6)) | _cells(stranger, right_answers(version, 6))
    assert _faults(_me(field), _sheet(activity, version), sent) == (422, [[]])
    assert Response.objects.count() == 0


def test_other_answers_over_what_stands_are_told_and_shown_and_kept_only_when_ticked() -> None:
    field = a_field()
    (person,) = people(field, 1)
    activity, version = _training(field, [person]), an_instrument(LAW)
    client, address = _me(field), _sheet(activity, version)
    first, second = right_answers(version, 4), right_answers(version, 9)
    client.post(address, _on() | _cells(person, first))
    told = client.post(address, _on() | _cells(person, second, seen=1))
    row = told.context["rows"][0]
    assert (told.status_code, row.faults, Response.objects.get().points) == (
        422,
        ["Answers of this person stand already. Nothing was changed. Please compare."],
        4,
    )
    (stands,) = row.stands
    numbers = sorted(first)
    assert (stands.on, stands.same_day) == (HELD, True)
    assert stands.cells == [(str(first[at]), first[at] != second[at]) for at in numbers]
    sent = _on() | _cells(person, second, seen=1) | {f"over{person.pk}": "on"}
    assert client.post(address, sent).status_code == 302
    assert [(one.points, one.revision) for one in Response.objects.all()] == [(9, 2)]


def test_the_same_answers_again_are_no_change_and_need_no_tick() -> None:
    field = a_field()
    (person,) = people(field, 1)
    activity, version = _training(field, [person]), an_instrument(LAW)
    client, address = _me(field), _sheet(activity, version)
    client.post(address, _on() | _cells(person, right_answers(version, 4)))
    assert client.post(address, _on() | _cells(person, right_answers(version, 4), seen=1)).status_code == 302
    assert (Response.objects.get().revision, EarlierAnswers.objects.count()) == (1, 0)


def test_what_was_replaced_is_read_in_the_history_of_the_sheet_and_reading_is_logged() -> None:
    field = a_field()
    (person,) = people(field, 1)
    activity, version = _training(field, [person]), an_instrument(LAW)
    client, address = _me(field), _sheet(activity, version)
    client.post(address, _on() | _cells(person, right_answers(version, 4)))
    client.post(address, _on() | _cells(person, right_answers(version, 9), seen=1) | {f"over{person.pk}": "on"})
    page = client.get(_history(activity, version, person))
    numbers = sorted(right_answers(version, 4))
    assert [cells for _one, cells in page.context["kept"]] == [
        [right_answers(version, right)[at] for at in numbers] for right in (9, 4)
    ]
    assert [bool(one.replaced_by) for one, _cells in page.context["kept"]] == [False, True]
    assert AuditEntry.objects.filter(action="response.show").count() == 1


def test_answers_of_another_day_are_told_too_and_a_tick_keeps_both() -> None:
    field = a_field()
    (person,) = people(field, 1)
    activity, version = _training(field, [person]), an_instrument(LAW)
    client, address = _me(field), _sheet(activity, version)
    client.post(address, _on() | _cells(person, right_answers(version, 4)))
    other = _on(HELD - dt.timedelta(days=1)) | _cells(person, right_answers(version, 9), seen=1)
    (stands,) = client.post(address, other).context["rows"][0].stands
    assert (stands.same_day, Response.objects.count()) == (False, 1)
    assert client.post(address, other | {f"over{person.pk}": "on"}).status_code == 302
    assert list(Response.objects.order_by("points").values_list("points", flat=True)) == [4, 9]


def test_the_second_of_two_at_one_sheet_is_told_before_it_replaces_the_first() -> None:
    field = a_field()
    (person,) = people(field, 1)
    activity, version = _training(field, [person]), an_instrument(LAW)
    address = _sheet(activity, version)
    _me(field).post(address, _on() | _cells(person, right_answers(version, 4)))
    second = _me(field)
    over = {f"over{person.pk}": "on"}
    stale = second.post(address, _on() | _cells(person, right_answers(version, 9)) | over)
    row = stale.context["rows"][0]
    assert (stale.status_code, row.times, len(row.stands), Response.objects.get().points) == (422, 1, 1, 4)
    assert row.faults == ["Someone else entered answers for this person meanwhile. Please compare."]
    again = second.post(address, _on() | _cells(person, right_answers(version, 9), seen=row.times) | over)
    assert (again.status_code, Response.objects.get().points) == (302, 9)


def test_of_the_washington_groups_questions_it_is_told_that_answers_stand_and_never_which() -> None:
    field = a_field()
    (person,) = people(field, 1)
    activity, version = _training(field, [person]), an_instrument(HEALTH)
    client, address = _me(field), _sheet(activity, version)
    client.post(address, _on() | _cells(person, same_answers(version, 4)))
    (stands,) = client.post(address, _on() | _cells(person, same_answers(version, 1), seen=1)).context["rows"][0].stands
    assert (stands.on, stands.cells) == (HELD, [])
    client.post(address, _on() | _cells(person, same_answers(version, 1), seen=1) | {f"over{person.pk}": "on"})
    page = client.get(_history(activity, version, person))
    assert [set(cells) for _one, cells in page.context["kept"]] == [{""}, {""}]
    assert page.context["name"] == ""


def test_beside_the_washington_groups_questions_stands_no_name_and_nothing_is_read_back() -> None:
    field = a_field()
    (person,) = people(field, 1)
    activity, version = _training(field, [person]), an_instrument(HEALTH)
    client, address = _me(field), _sheet(activity, version)
    client.post(address, _on() | _cells(person, same_answers(version, 4)))
    page = client.get(address)
    assert [(row.name, row.cells, row.times) for row in page.context["rows"]] == [("", [""] * 6, 1)]
    assert AuditEntry.objects.filter(action="people.reveal").count() == 0
    shown = client.post(_sheet(activity, version), {"show": "1", "reason": "curious"})
    assert ([row.name for row in shown.context["rows"]], shown.context["masked"]) == ([""], False)
    assert AuditEntry.objects.filter(action="people.reveal").count() == 0


def test_names_on_a_sheet_open_for_a_reason_that_is_logged_and_keying_goes_on() -> None:
    field = a_field()
    (person,) = people(field, 1)
    activity, version = _training(field, [person]), an_instrument(LAW)
    client, address = _me(field), _sheet(activity, version)
    masked = client.get(address)
    assert ([row.name for row in masked.context["rows"]], masked.context["masked"]) == ([""], True)
    typed = {"show": "1", "reason": "names on the paper", f"a{person.pk}-1": "2"}
    opened = client.post(address, typed)
    assert (bool(opened.context["rows"][0].name), Response.objects.count(), opened.status_code) == (True, 0, 200)
    assert opened.context["rows"][0].cells[0] == "2"  # what was typed is not lost
    sent = _on() | _cells(person, {1: 8}) | {"reason": "names on the paper"}
    again = client.post(address, sent)
    assert (again.status_code, bool(again.context["rows"][0].name)) == (422, True)
    reasons = AuditEntry.objects.filter(action="people.reveal").values_list("reason", flat=True)
    assert list(reasons) == ["names on the paper"] * 2


def test_nobody_else_sees_the_sheet_or_keys_into_it() -> None:
    field = a_field()
    (person,) = people(field, 1)
    activity, version = _training(field, [person]), an_instrument(LAW)
    sent = _on() | _cells(person, right_answers(version, 4))
    them = somebody(field, Role.PARTNER_ME, field.theirs)  # type: ignore[arg-type]  # as above
    others = {
        "another organisation": (them, 404),
        "a facilitator of another's training": (_me(field, Role.FACILITATOR), 404),
        "an officer": (_me(field, Role.PROGRAMME_OFFICER), 403),
        "an auditor": (_me(field, Role.AUDITOR), 403),
        "a donor": (_me(field, Role.DONOR), 403),
    }
    for name, (client, status) in others.items():
        pages = (_sheet(activity, version), _history(activity, version, person))
        for address in (*pages, reverse("keying", args=[activity.pk])):
            assert client.get(address).status_code == status, name
        assert client.post(_sheet(activity, version), sent).status_code == status, name
    assert [one.key for one in them.get(reverse("keying_activities")).context["listed"]] == []
    assert (Response.objects.count(), AuditEntry.objects.filter(action="people.reveal").count()) == (0, 0)


def test_a_draft_or_an_unknown_moment_has_no_sheet() -> None:
    field = a_field()
    activity, version = _training(field, people(field, 1)), an_instrument(LAW)
    InstrumentVersion.objects.filter(pk=version.pk).update(is_published=False)
    client = _me(field)
    assert client.get(_sheet(activity, version)).status_code == 404
    assert client.get(_sheet(activity, an_instrument(GEM), "never")).status_code == 404


def test_sheets_ask_as_often_for_three_people_as_for_one() -> None:
    field = a_field()
    client, version = _me(field), an_instrument(LAW)
    costs = []
    for how_many in (1, 3):
        came = people(field, how_many)
        activity = _training(field, came, f"training-{how_many}")
        address = _sheet(activity, version)
        pages = [queries_of(client, one) for one in (reverse("keying_activities"), address)]
        sent = _on() | {key: text for one in came for key, text in _cells(one, {1: 8}).items()}
        answer = client.post(address, sent)  # out of range: the whole way but the writing
        assert answer.status_code == 422
        costs.append(pages)
    assert costs[0] == costs[1]


def test_the_questions_beside_a_sheet_are_in_the_language_of_the_page() -> None:
    field = a_field()
    (person,) = people(field, 1)
    version = an_instrument(GEM)
    me, item = _me(field), version.items.order_by("number")[0]
    address = _sheet(_training(field, [person]), version)
    told = {}
    for language in ("en", "km"):
        User.objects.update(language=language)
        text = unescape(me.get(address).content.decode())
        told[language] = (item.text_en in text, item.text_km in text)
    assert told == {"en": (True, False), "km": (False, True)}
