"""The steward's pages and a person's agreement: who is refused first, then masks, answers and what a figure says."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.organisations.models import Organisation
from samaki.ground.people import operations
from samaki.ground.people.across.masks import code
from samaki.ground.people.models import AcrossPair, Consent, Person
from samaki.ground.people.operations import GivenConsent, Identity, NewPerson
from samaki.kernel.actors import System
from tests.interfaces.pages import queries_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]
SETUP = System("tests")
NAMES = Identity("ទេព", "រស្មីពេជ្រ", "Tep", "Raksmeypich", "012 345 678")
GIVEN = GivenConsent(Consent.Purpose.BE_COUNTED_ACROSS, "1", "km", Consent.How.SPOKEN, dt.date(2023, 1, 10))
REVIEW = "/counted-across/fia/"
ROLES = ("officer", "partner-me-2", "partner-me-3", "facilitator", "donor", "auditor", "administrator", "authority")


def somebody(organisation: str, identity: Identity = NAMES) -> Person:
    owner = Organisation.objects.get(key=organisation)
    activity = Activity.objects.filter(programme__key="fia", organisation=owner).order_by("pk")[0]
    session = Session.objects.filter(activity=activity).order_by("pk")[0]
    new = NewPerson(identity, gender="woman", birth_year=1987, consents=(GIVEN,))
    person = operations.add_person(new, organisation_id=owner.pk, by=SETUP)
    Attendance.objects.create(session=session, person=person)
    return person


@pytest.fixture
def two() -> tuple[Person, Person]:
    return somebody("banteay-srei"), somebody("fia-partner-2")


def compared() -> AcrossPair:
    signed_in("steward").post(reverse("across_compare", args=["fia"]))
    return AcrossPair.objects.latest("pk")  # the example has one of its own


@pytest.mark.parametrize("user", ROLES)
def test_nobody_but_the_steward_opens_compares_or_decides(two: tuple[Person, Person], user: str) -> None:
    pair, client = compared(), signed_in(user)
    assert client.get(reverse("across")).status_code == 403
    assert client.get(REVIEW).status_code == 403
    assert client.post(reverse("across_compare", args=["fia"])).status_code == 403
    for word in ("same", "different", "unsure", "undo"):
        assert client.post(reverse("decide_across", args=["fia", pair.pk]), {word: "1"}).status_code == 403
    pair.refresh_from_db()
    assert pair.state == "open"


def test_a_steward_is_refused_in_a_programme_that_is_not_hers(two: tuple[Person, Person]) -> None:
    pair, client = compared(), signed_in("steward")
    assert client.get("/counted-across/mpp/").status_code == 403
    assert client.post(reverse("decide_across", args=["mpp", pair.pk]), {"same": "1"}).status_code == 403


def test_a_steward_opens_no_page_of_a_person(two: tuple[Person, Person]) -> None:
    client = signed_in("steward")
    for person in two:
        assert client.get(reverse("person", args=[person.pk])).status_code == 403
        assert client.post(reverse("reveal_name", args=[person.pk]), {"reason": "curious"}).status_code == 403
        assert client.post(reverse("across_agree", args=[person.pk]), {}).status_code in {302, 403}
        assert client.post(reverse("across_end", args=[person.pk])).status_code == 403
    assert client.get(reverse("people")).status_code == 403
    assert client.get(reverse("duplicates")).status_code == 403
    assert Consent.objects.filter(person__in=two, withdrawn_on__isnull=True).count() == 2


def test_the_page_shows_masks_and_codes_and_nothing_that_names_anybody(two: tuple[Person, Person]) -> None:
    mine = compared()
    AcrossPair.objects.exclude(pk=mine.pk).update(state="different")  # so that it is the one on the page
    page = signed_in("steward").get(REVIEW).content.decode()
    for person in two:
        assert code(person.pk) in page
        assert reverse("person", args=[person.pk]) not in page
    for secret in ("ទេព", "រស្មីពេជ្រ", "Raksmeypich", "345 678", "1987"):
        assert secret not in page
    assert "the same" in page


def test_links_narrow_the_figure_and_taking_back_widens_it(two: tuple[Person, Person]) -> None:
    def told() -> tuple[object, object, int]:
        from samaki.engines.results.queries import figure  # after the example is loaded
        from samaki.kernel.figures import FigureQuery

        found = figure(SETUP, FigureQuery("fia", "participants"))
        return found.low, found.high, found.candidates_open

    low, high, pairs = told()
    assert isinstance(high, int)
    pair, client = compared(), signed_in("steward")
    address = reverse("decide_across", args=["fia", pair.pk])
    assert told() == (low, high, pairs + 1)
    page = client.post(address, {"same": "1"}, follow=True).content.decode()
    assert "Counted as one person from now on." in page
    assert told() == (low, high - 1, pairs)
    client.post(address, {"undo": "1"})
    assert told() == (low, high, pairs + 1)


def test_the_second_steward_hears_what_the_first_said(two: tuple[Person, Person]) -> None:
    pair, client = compared(), signed_in("steward")
    address = reverse("decide_across", args=["fia", pair.pk])
    client.post(address, {"different": "1"})
    page = signed_in("steward").post(address, {"same": "1"}, follow=True).content.decode()
    assert "steward has said of these two already: different people." in page
    pair.refresh_from_db()
    assert pair.state == "different"


def test_who_agrees_later_is_offered_for_comparison() -> None:
    somebody("banteay-srei")
    client = signed_in("steward")
    assert "Agreed, or corrected, since the last comparison: 1" in client.get(REVIEW).content.decode()
    client.post(reverse("across_compare", args=["fia"]))
    assert "since the last comparison" not in client.get(REVIEW).content.decode()


def test_her_organisation_records_and_takes_back_her_agreement_and_reads_her_code() -> None:
    person = Person.objects.filter(organisation__key="banteay-srei", merged_into=None, birth_year__lt=2000)[0]
    client, address = signed_in("partner-me-3"), reverse("person", args=[person.pk])
    assert code(person.pk) not in client.get(address).content.decode()
    given = {"how": "spoken", "given_by": "own", "given_on": timezone.localdate().isoformat()}
    client.post(reverse("across_agree", args=[person.pk]), given)
    kept = Consent.objects.get(person=person, purpose="be_counted_across")
    assert (kept.text_version, kept.language, kept.recorded_by) == ("2026-11", "en", "partner-me-3")
    assert code(person.pk) in client.get(address).content.decode()
    client.post(reverse("across_end", args=[person.pk]))
    assert code(person.pk) not in client.get(address).content.decode()
    kept.refresh_from_db()
    assert kept.withdrawn_on == timezone.localdate()


def test_an_agreement_of_tomorrow_is_not_taken() -> None:
    person = Person.objects.filter(organisation__key="banteay-srei", merged_into=None)[0]
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    given = {"how": "spoken", "given_by": "own", "given_on": tomorrow.isoformat()}
    signed_in("partner-me-3").post(reverse("across_agree", args=[person.pk]), given)
    assert not Consent.objects.filter(person=person, purpose="be_counted_across").exists()


@pytest.mark.parametrize("name", ["across_agree", "across_end"])
def test_another_organisation_touches_no_agreement(two: tuple[Person, Person], name: str) -> None:
    given = {"how": "spoken", "given_by": "own", "given_on": "2024-01-01"}
    answer = signed_in("partner-me-2").post(reverse(name, args=[two[0].pk]), given)
    assert answer.status_code == 404
    assert Consent.objects.filter(person=two[0], withdrawn_on__isnull=True).count() == 1


def test_the_programme_page_names_its_steward_to_whoever_reads_it() -> None:
    for user in ("donor", "partner-me-2"):
        page = signed_in(user).get(reverse("programme", args=["fia"])).content.decode()
        assert "Steward of counting across organisations" in page
        assert "<p>steward</p>" in page
    assert "Steward of counting" not in signed_in("donor").get(reverse("programme", args=["twg"])).content.decode()


def test_the_page_takes_as_many_queries_for_three_pairs_as_for_one(two: tuple[Person, Person]) -> None:
    client = signed_in("steward")
    client.post(reverse("across_compare", args=["fia"]))
    one = queries_of(client, REVIEW)
    for latin in ("Chhum Mony", "Vong Sarika"):
        family, given = latin.split()
        for organisation in ("banteay-srei", "fia-partner-2"):
            somebody(organisation, Identity(family_latin=family, given_latin=given))
    client.post(reverse("across_compare", args=["fia"]))
    assert AcrossPair.objects.count() == 4
    assert queries_of(client, REVIEW) == one
