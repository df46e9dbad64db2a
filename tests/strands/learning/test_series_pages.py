"""Pages of series: taken name by name, told of each other, a code that tells nothing, and as many queries for three."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Attendance, Session
from samaki.ground.people.models import Person
from samaki.ground.people.operations import NewPerson, add_person
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.strands.learning.models import Lead, Series
from samaki.strands.learning.operations.certification import record_visit
from samaki.strands.learning.web.certificate_paper import in_pieces
from tests.factories.field import NOW, Field, a_consenting_person, a_field
from tests.factories.people import SETUP, named
from tests.factories.series import FIRST, a_series, an_activity_of, certified, people, sessions_of, working_group
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db


def _me(field: Field, role: Role = Role.PARTNER_ME) -> Client:
    return somebody(field, role)  # type: ignore[arg-type]  # it has the organisation and the programme asked for


def _taking(field: Field) -> tuple[Session, str]:
    session = sessions_of(an_activity_of(field, [FIRST], key="taking"))[0]
    return session, reverse("take_attendance", args=[session.pk])


def test_a_piece_of_a_name_finds_her_and_one_tap_writes_her_down() -> None:
    field = a_field()
    person = a_consenting_person(field.ours)
    client, (session, address) = _me(field), _taking(field)
    add_person(NewPerson(named("ចាន់ ធីតា", "Chan Thida")), organisation_id=field.theirs.pk, by=SETUP)
    found = client.post(address, {"search": "1", "text": "Raksmey"}, headers={"HX-Request": "true"}).content.decode()
    assert re.findall(r'name="add" value="(\d+)"', found) == [str(person.pk)]
    added = client.post(address, {"revision": session.revision, "add": person.pk})
    assert (added.status_code, list(Attendance.objects.values_list("person_id", flat=True))) == (200, [person.pk])
    elsewhere = client.post(address, {"search": "1", "text": "Thida"}, headers={"HX-Request": "true"})
    assert 'name="add"' not in elsewhere.content.decode()


def test_the_second_of_two_at_one_list_sees_both_and_keeps_them_together_in_one_tap() -> None:
    field = a_field()
    mine, theirs = people(field, 2)
    client, (session, address) = _me(field), _taking(field)
    client.post(address, {"revision": session.revision, "add": theirs.pk})
    second = client.post(address, {"revision": session.revision, "add": mine.pk})
    text = second.content.decode()
    assert (second.status_code, "Only in the saved list" in text, "Only in yours" in text) == (409, True, True)
    revision = re.search(r'name="revision" value="(\d+)"', text)
    assert revision is not None
    client.post(address, {"revision": revision.group(1), "person": [mine.pk, theirs.pk]})
    assert set(Attendance.objects.values_list("person_id", flat=True)) == {mine.pk, theirs.pk}


def test_another_organisation_s_number_opens_no_name_in_a_conflict() -> None:
    field = a_field()
    stranger = a_consenting_person(field.theirs)
    client, (_session, address) = _me(field), _taking(field)
    assert client.post(address, {"revision": 99, "person": stranger.pk, "add": 5}).status_code == 404
    opened = [one.details.get("people") for one in AuditEntry.objects.filter(action="people.reveal")]
    assert [people for people in opened if people and stranger.pk in people] == []


def test_a_refused_lead_is_told_why_on_the_page() -> None:
    field = a_field()
    member, other = people(field, 2)
    working_group(field, member)
    client, (session, _address) = _me(field), _taking(field)
    address = reverse("session_leads", args=[session.pk])
    refused = client.post(address, {"add": other.pk})
    assert (refused.status_code, "was not certified on that day" in refused.content.decode()) == (422, True)
    assert (client.post(address, {"add": member.pk}).status_code, Lead.objects.count()) == (200, 1)


def test_a_code_tells_anybody_whether_it_stands_and_no_name_place_or_organisation() -> None:
    field = a_field()
    (person,) = people(field, 1)
    made = certified(field, person)
    known = Client().get(reverse("public_certificate", args=[made.code]), headers={"Accept-Language": "en"})
    text = known.content.decode()
    assert (known.status_code, known.headers["Referrer-Policy"]) == (200, "strict-origin")
    shown = [
        word
        for word in ("Raksmeypich", "រស្មីពេជ្រ", "Tot", field.ours.name_latin, field.place.name_latin)
        if word in text
    ]
    assert shown == []
    other = [Client().get(reverse("public_certificate", args=[code])) for code in ("A" * 24, "x", made.code[:-1])]
    assert {answer.status_code for answer in other} == {404}
    # The token of the form that chooses the language differs on every page.
    varies = re.compile(r'value="[^"]*"|data-csrf="[^"]*"|"X-CSRFToken": "[^"]*"|/certificates/[^"]*')
    bare = {varies.sub("", answer.content.decode()) for answer in other}
    assert len(bare) == 1


@pytest.mark.parametrize("written", ["{small}", "{pieces}", "{spaced}", "{small_pieces}"])
def test_a_code_is_taken_as_people_copy_it(written: str) -> None:
    field = a_field()
    (person,) = people(field, 1)
    code = certified(field, person).code
    pieces = in_pieces(code)
    typed = written.format(
        small=code.lower(), pieces=pieces, spaced=pieces.replace("-", " "), small_pieces=pieces.lower()
    )
    assert Client().get(reverse("public_certificate", args=[typed])).status_code == 200
    asked = Client().get(reverse("certificate_check"), {"code": typed})
    assert asked.headers["Location"] == reverse("public_certificate", args=[code])


def test_the_page_to_type_a_code_opens_for_anybody_and_an_empty_one_asks_again() -> None:
    for sent in ({}, {"code": " - "}):
        answer = Client().get(reverse("certificate_check"), sent)
        assert (answer.status_code, 'name="code"' in answer.content.decode()) == (200, True)


def test_the_paper_opens_the_name_once_and_writes_it_down() -> None:
    field = a_field()
    (person,) = people(field, 1)
    made = certified(field, person)
    for language in ("km", "en"):
        answer = _me(field).get(reverse("certificate_paper", args=[made.pk, language]))
        assert (answer.headers["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert AuditEntry.objects.filter(action="people.reveal", reason="certificate").count() == 2
    assert _me(field).get(reverse("certificate_paper", args=[made.pk, "fr"])).status_code == 404
    assert _me(field, Role.PROGRAMME_OFFICER).get(reverse("certificate_paper", args=[made.pk, "km"])).status_code == 404


def _widen(field: Field, at: int) -> Person:
    """One more of everything the pages list."""
    (person,) = people(field, 1)
    certified(field, person, key=f"tot-{at}")
    record_visit(
        programme=field.programme,
        organisation=field.ours,
        person_id=person.pk,
        visited_on=FIRST,
        notes="",
        by=field.me,
        at=NOW,
    )
    return person


def test_lists_ask_as_often_for_three_as_for_one() -> None:
    field = a_field()
    client = _me(field)
    _widen(field, 0)
    addresses = [reverse("series_list"), f"{reverse('learning_due')}?on=2023-08-20", reverse("home")]
    one = [queries_of(client, address) for address in addresses]
    for at in (1, 2):
        _widen(field, at)
    assert [queries_of(client, address) for address in addresses] == one


def test_a_series_its_list_its_leads_and_a_pathway_ask_as_often_for_three_as_for_one() -> None:
    field = a_field()
    client = _me(field)
    every = people(field, 3)
    costs = []
    for how_many in (1, 3):
        key = f"series-{how_many}"
        series = a_series(field, [every[:how_many]] * how_many, key=key)
        session = Session.objects.filter(activity__in_series__series=series)[0]
        addresses = [
            reverse("series", args=[key]),
            reverse("take_attendance", args=[session.pk]),
            reverse("session_leads", args=[session.pk]),
        ]
        costs.append([queries_of(client, address) for address in addresses])
    assert costs[0] == costs[1]
    address = reverse("pathway", args=[every[0].pk])
    before = queries_of(client, address)
    a_series(field, [every, every], key="more")
    assert queries_of(client, address) == before
    assert Series.objects.count() == 3


def test_who_attended_enough_of_an_open_series_is_said_in_khmer_with_one_percent_sign() -> None:
    field = a_field()
    (person,) = people(field, 1)
    series = a_series(field, [[person]], ended=False)
    client = _me(field)
    User.objects.update(language="km")
    text = client.get(reverse("series", args=[series.key])).content.decode()
    assert ("ដល់ 80% ហើយ" in text, "80%%" in text) == (True, False)


def test_two_letters_that_find_nobody_ask_for_a_third_and_do_not_say_nobody_has_the_name() -> None:
    field = a_field()
    client, (_session, address) = _me(field), _taking(field)
    told = {
        typed: client.post(address, {"search": "1", "text": typed}, headers={"HX-Request": "true"}).content.decode()
        for typed in ("xq", "xqz")
    }
    assert ["one more letter" in told[typed] for typed in told] == [True, False]


def test_the_choice_of_language_on_a_certificate_s_public_page_is_sent_with_its_origin() -> None:
    field = a_field()
    (person,) = people(field, 1)
    made = certified(field, person)
    answer = Client().get(reverse("public_certificate", args=[made.code]))
    assert ('action="/language/"' in answer.content.decode(), answer.headers["Referrer-Policy"]) == (
        True,
        "strict-origin",
    )
