"""The pages of vetting, beginning with who must not see them; then the whole way, on the pages."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.groups.models import Group, Membership
from samaki.interfaces.web.second_factor import PROVED
from samaki.interfaces.web.sign_in import BACKEND
from samaki.kernel.actors import Actor, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.strands.vetting import operations
from samaki.strands.vetting.models import Bar, Candidacy, Step
from samaki.strands.vetting.rules import State, StepKind
from tests.factories.people import a_person, named
from tests.interfaces.pages import queries_of, somebody
from tests.strands.vetting.test_operations import Vetting

pytestmark = pytest.mark.django_db
DECIDES = {Role.SAFEGUARDING_FOCAL, Role.CASE_SUPERVISOR}
LOOKS = DECIDES | {Role.GROUP_COORDINATOR, Role.PARTNER_ME}
SECRET = "Canary Bopha saw it"


class Pages(Vetting):
    """Vetting whose deciders can sign in."""

    def __init__(self, mark: str = "") -> None:
        super().__init__(mark)
        Group.objects.filter(pk=self.group.pk).update(ended_on=None)
        self.group.refresh_from_db()

    def client(self, actor: Actor) -> Client:
        user = User.objects.get(pk=actor.user_id)
        user.language = "en"
        user.save()
        for grant in actor.grants:
            RoleGrant.objects.get_or_create(
                user=user, role=grant.role, organisation_id=grant.organisation_id, programme_id=grant.programme_id
            )
        return _signed_in(user)

    def told(self) -> Candidacy:
        """A candidate of whom something was said."""
        candidacy = self.apply()
        self.step(candidacy, StepKind.SELF_DECLARATION, words=SECRET)
        return Candidacy.objects.get(pk=candidacy.pk)

    def addresses(self, candidacy: Candidacy) -> dict[str, str]:
        lists = ("vetting", "vetting_new", "vetting_due", "vetting_code")
        acts = ("reference", "decide", "refuse", "allegation", "settle", "bar", "appeal", "answer", "user", "sign")
        return {
            **{name: reverse(name) for name in lists},
            "candidate": reverse("candidate", args=[candidacy.pk]),
            **{act: reverse("candidate_act", args=[candidacy.pk, act]) for act in acts},
        }


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    session = client.session
    session[PROVED] = user.pk
    session.save()
    return client


def _said(answer: HttpResponse, candidacy_id: int) -> str:
    """The page but for the number that was asked and the token of its forms."""
    page = answer.content.decode().replace(f"circle/{candidacy_id}/", "circle/N/")
    return re.sub(r'("X-CSRFToken": "|data-csrf="|name="csrfmiddlewaretoken" value=")[^"]+', "", page)


def _day(name: str, on: dt.date | None = None) -> dict[str, str]:
    on = on or timezone.localdate()
    return {f"{name}_day": str(on.day), f"{name}_month": str(on.month), f"{name}_year": str(on.year)}


@pytest.mark.parametrize("role", [role for role in Role if role not in DECIDES])
def test_nobody_else_gets_in(role: Role) -> None:
    its = Pages()
    candidacy = its.told()
    client = somebody(its.setting, role)
    for name, address in its.addresses(candidacy).items():
        answer = client.get(address)
        assert (name, answer.status_code) == (name, 403)
        assert f"Candidate {candidacy.pk}" not in answer.content.decode()
    read = client.post(reverse("candidate_read", args=[candidacy.pk]), {"reason": "so", "what": "words"})
    assert (read.status_code, SECRET in read.content.decode()) == (403, False)
    assert client.get(reverse("cleared_members")).status_code == (200 if role in LOOKS else 403)


@pytest.mark.parametrize("role", sorted(DECIDES))
def test_another_organisation_finds_nothing_and_the_same_closed_door(role: Role) -> None:
    its = Pages()
    candidacy = its.told()
    theirs = somebody(its.setting, role, its.setting.theirs)
    assert f"Candidate {candidacy.pk}" not in theirs.get(reverse("vetting")).content.decode()
    for name in ("candidate", "reference", "decide", "bar"):
        address = its.addresses(candidacy)[name]
        answer = theirs.get(address)
        nowhere = theirs.get(address.replace(f"circle/{candidacy.pk}/", "circle/999999/"))
        assert (name, answer.status_code, nowhere.status_code) == (name, 404, 404)
        assert _said(answer, candidacy.pk) == _said(nowhere, 999999)
    read = theirs.post(reverse("candidate_read", args=[candidacy.pk]), {"reason": "so", "what": "words"})
    assert (read.status_code, AuditEntry.objects.filter(action="read_vetting_words").count()) == (404, 0)


def test_the_candidate_and_his_group_find_the_door_closed_although_they_vet_others() -> None:
    its = Pages()
    candidacy = its.told()
    fellow = a_person(its.setting.ours, named(latin="Chan Rith"), gender="man", birth_year=1970)
    Membership.objects.create(group=its.group, person=fellow, since=dt.date(2020, 1, 1))
    for name, person_id in (("himself", its.person.pk), ("fellow", fellow.pk)):
        user = User.objects.create(username=name, language="en", person_id=person_id)
        RoleGrant.objects.create(
            user=user,
            role=Role.SAFEGUARDING_FOCAL,
            organisation=its.setting.ours,
            programme_id=its.setting.programme.pk,
        )
        client = _signed_in(user)
        assert f"Candidate {candidacy.pk}" not in client.get(reverse("vetting")).content.decode()
        assert client.get(reverse("candidate", args=[candidacy.pk])).status_code == 404
        read = client.post(reverse("candidate_read", args=[candidacy.pk]), {"reason": "so"})
        assert (read.status_code, SECRET in read.content.decode()) == (404, False)


def test_what_was_said_is_opened_with_a_reason_that_the_trail_keeps() -> None:
    its = Pages()
    candidacy = its.told()
    client = its.client(its.focal)
    page = client.get(reverse("candidate", args=[candidacy.pk]))
    assert (page.status_code, SECRET in page.content.decode()) == (200, False)
    assert page.headers["Cache-Control"] == "no-store"
    address = reverse("candidate_read", args=[candidacy.pk])
    assert client.post(address, {"reason": "", "what": "words"}).status_code == 422
    assert AuditEntry.objects.filter(action="read_vetting_words").count() == 0
    read = client.post(address, {"reason": "the second decider asks", "what": "words"})
    assert (read.status_code, SECRET in read.content.decode()) == (200, True)
    assert [entry.reason for entry in AuditEntry.objects.filter(action="read_vetting_words")] == [
        "the second decider asks"
    ]
    shown = client.post(address, {"reason": "he comes today", "what": "name"})
    assert "Sok Dara" in shown.content.decode()
    assert AuditEntry.objects.filter(action="people.reveal", reason="he comes today").count() == 1
    title = read.content.decode().split("</title>")[0].rsplit("<title>", 1)[1].strip()
    assert title == "Samaki"


def test_a_candidate_goes_the_whole_way_on_the_pages() -> None:
    its = Pages()
    focal, supervisor = its.client(its.focal), its.client(its.supervisor)
    sent = {"person": str(its.person.pk), "group": its.group.key, "recruiter": "nobody", **_day("applied_on")}
    assert focal.post(reverse("vetting_new"), sent).status_code == 302
    candidacy = Candidacy.objects.get()

    def act(client: Client, deed: str, **more: str) -> int:
        return client.post(reverse("candidate_act", args=[candidacy.pk, deed]), more).status_code

    assert act(focal, "interview", result="passed", **_day("taken_on")) == 422  # not its turn
    for deed in (
        "self-declaration",
        "reference",
        "reference",
        "community-check",
        "interview",
        "signature",
        "probation",
    ):
        heard = {"women_heard": "on"} if deed == "community-check" else {}
        assert act(focal, deed, result="passed", words="", **_day("taken_on"), **heard) == 302
    assert act(focal, "decide", word="approve") == 422  # not read again
    assert act(focal, "decide", word="approve", sure="on") == 302
    assert Candidacy.objects.get().state == State.PROBATION
    assert (
        "What each said is shown when both have spoken"
        in focal.get(reverse("candidate", args=[candidacy.pk])).content.decode()
    )
    assert act(supervisor, "decide", word="approve", sure="on") == 302
    assert Candidacy.objects.get().state == State.ACTIVE
    assert act(supervisor, "allegation", is_credible="yes", sure="on", **_day("received_on")) == 403
    assert act(focal, "allegation", is_credible="yes", sure="on", words="so", **_day("received_on")) == 302
    assert Candidacy.objects.get().state == State.SUSPENDED
    told = Candidacy.objects.get().allegations.get()
    assert act(focal, "settle", allegation=str(told.pk), upheld="yes", sure="on") == 302
    assert act(focal, "bar", reason="hurt", sure="on") == 302
    assert act(focal, "appeal", sure="on") == 302
    assert act(focal, "answer", answer="lifted", sure="on") == 403
    assert act(supervisor, "answer", answer="stands", sure="on") == 302
    assert (Candidacy.objects.get().state, Bar.objects.get().appeal) == (State.BARRED, "upheld")


def test_the_page_of_what_is_due_names_who_runs_out_and_who_has_not_signed() -> None:
    its = Pages()
    candidacy = its.active()
    today = timezone.localdate()
    Candidacy.objects.filter(pk=candidacy.pk).update(expires_on=today + dt.timedelta(days=20))
    operations.publish_code(
        programme_id=its.setting.programme.pk,
        organisation_id=its.setting.ours.pk,
        text_km="ថ្មី",
        text_en="New",
        by=its.focal,
        at=timezone.now(),
    )
    body = its.client(its.focal).get(reverse("vetting_due")).content.decode()
    assert ("Runs out within 60 days" in body, "New code of conduct not signed" in body) == (True, True)
    assert body.count(f"/circle/{candidacy.pk}/") == 2
    assert (
        its.client(its.focal).post(reverse("candidate_act", args=[candidacy.pk, "sign"]), _day("signed_on")).status_code
        == 302
    )
    assert "New code of conduct not signed" not in its.client(its.focal).get(reverse("vetting_due")).content.decode()


def test_a_coordinator_learns_who_is_cleared_and_nothing_more() -> None:
    its = Pages()
    candidacy = its.active()
    since = dt.date(2024, 5, 20)
    Membership.objects.create(group=its.group, person=its.person, since=since)
    other = its.setting.mens_group("040102")
    Group.objects.filter(pk=other.pk).update(ended_on=None)
    stranger = a_person(its.setting.ours, named(latin="Chan Rith"), gender="man", birth_year=1970)
    Membership.objects.create(group=other, person=stranger, since=since)
    user = User.objects.create(username="coordinator", language="en")
    RoleGrant.objects.create(
        user=user,
        role=Role.GROUP_COORDINATOR,
        organisation=its.setting.ours,
        programme_id=its.setting.programme.pk,
        group_id=its.group.pk,
    )
    Candidacy.objects.filter(pk=candidacy.pk).update(expires_on=dt.date(2099, 1, 1))
    its.person.clearances.update(until=dt.date(2099, 1, 1))
    body = _signed_in(user).get(reverse("cleared_members")).content.decode()
    assert (f"Person {its.person.pk}" in body, f"Person {stranger.pk}" in body) == (True, False)
    assert ("Not cleared" in body, "Suspended" in body) == (False, False)
    operations.allege(
        candidacy=candidacy, received_on=since, is_credible=True, words=SECRET, by=its.focal, at=timezone.now()
    )
    body = _signed_in(user).get(reverse("cleared_members")).content.decode()
    assert ("Not cleared" in body, "Suspended" in body, SECRET in body) == (True, False, False)


@pytest.mark.parametrize("name", ["vetting", "vetting_due", "cleared_members"])
def test_a_list_of_three_takes_as_many_queries_as_a_list_of_one(name: str) -> None:
    its = Pages()
    client = its.client(its.focal)
    counts = []
    for number in range(3):
        its.person = a_person(its.setting.ours, named(latin=f"Sok {'abc'[number]}ara"), gender="man", birth_year=1980)
        candidacy = its.active()
        Membership.objects.create(group=its.group, person=its.person, since=dt.date(2024, 5, 20))
        Candidacy.objects.filter(pk=candidacy.pk).update(expires_on=timezone.localdate())
        its.person = a_person(its.setting.ours, named(latin=f"Chan {'abc'[number]}ara"), gender="man", birth_year=1980)
        its.told()
        counts.append(queries_of(client, reverse(name)))
    assert counts == [counts[0]] * 3


def test_steps_that_did_not_pass_stand_on_the_page_and_lead_nowhere() -> None:
    its = Pages()
    candidacy = its.apply()
    client = its.client(its.focal)
    address = reverse("candidate_act", args=[candidacy.pk, "self-declaration"])
    assert client.post(address, {"result": "unavailable", **_day("taken_on")}).status_code == 302
    assert (Candidacy.objects.get().state, Step.objects.get().result) == (State.APPLIED, "unavailable")
    assert "Not available" in client.get(reverse("candidate", args=[candidacy.pk])).content.decode()
