"""Making oneself more than one is: roles, flags in what is posted, buttons that are not shown, approving one's own."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from samaki.ground.accounts.models import RoleGrant, User
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.strands.counselling.models import Case, CaseRequest, CaseSession, Declaration, EmergencyAccess, Tie
from samaki.strands.counselling.operations import asking, emergency, intake
from samaki.strands.vetting.models import Candidacy, Decision
from tests.factories.programmes import a_setting
from tests.interfaces.pages import somebody
from tests.strands.counselling.casework_world import AT as WORK_AT
from tests.strands.counselling.casework_world import KIND, WEDNESDAY, Work, fresh, refused_with
from tests.strands.counselling.test_casework_pages import as_user
from tests.strands.vetting.test_operations import Vetting

pytestmark = pytest.mark.django_db

OVERRIDES = {
    **dict.fromkeys(("force", "override", "approved", "is_approved", "skip", "bypass", "sudo", "verified"), "1"),
    **dict.fromkeys(("is_superuser", "is_staff", "is_example", "second_factor", "is_active"), "on"),
    "state": "counselling",
    "answer": "granted",
    "counsellor": "1",
    "counsellor_id": "1",
    "organisation": "1",
    "organisation_id": "1",
    "programme": "1",
    "role": "administrator",
    "by": "1",
    "at": "2030-01-01",
    "_method": "PUT",
}


def test_nobody_gives_herself_a_role_or_a_group() -> None:
    setting = a_setting()
    group = setting.mens_group()
    keeper = somebody(setting, Role.ADMINISTRATOR)
    own = User.objects.get(username__startswith="administrator")
    before = list(RoleGrant.objects.order_by("pk").values())
    place = f"{setting.ours.pk}-{setting.programme.pk}"
    for role in Role:
        sent = {"role": role.value, "place": place, "group": str(group.pk)}
        for entries in (sent, {**sent, "group": ""}, {**sent, **OVERRIDES, "role": role.value}):
            keeper.post(reverse("user_role", args=[own.pk]), entries)
    for name in ("user_password", "user_second_step", "user_close"):
        assert keeper.post(reverse(name, args=[own.pk])).status_code == 403
    assert list(RoleGrant.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_gives_anybody_a_role(role: Role) -> None:
    setting = a_setting()
    client = somebody(setting, role)
    own = User.objects.get()
    place = f"{setting.ours.pk}-{setting.programme.pk}"
    given = {"role": Role.ADMINISTRATOR.value, "place": place}
    assert client.post(reverse("user_role", args=[own.pk]), given).status_code == 403
    assert client.post(reverse("user_add"), {**given, "username": "second", "language": "en"}).status_code == 403
    assert (RoleGrant.objects.count(), User.objects.count()) == (1, 1)


def test_flags_in_a_raw_post_make_no_user_more_than_her_role() -> None:
    setting = a_setting()
    keeper = somebody(setting, Role.ADMINISTRATOR)
    place = f"{setting.ours.pk}-{setting.programme.pk}"
    sent = {**OVERRIDES, "username": "flagged", "language": "en", "role": "facilitator", "place": place}
    assert keeper.post(reverse("user_add"), sent).status_code == 200
    made = User.objects.get(username="flagged")
    flags = (made.is_superuser, made.is_staff, made.is_example, made.person_id)
    assert flags == (False, False, False, None)
    assert list(made.role_grants.values_list("role", flat=True)) == ["facilitator"]


def test_flags_in_a_raw_post_move_no_case() -> None:
    its = Work()
    case = its.screened()
    client = as_user(its.counsellor)
    before = Case.objects.values().get(pk=case.pk)
    day = {"held_on_day": "20", "held_on_month": "5", "held_on_year": "2024"}
    for deed in ("risk", "session", "ask", "word", "service"):
        client.post(reverse("own_case_act", args=[case.pk, deed]), {**OVERRIDES, **day, "what": "start:granted"})
    after = Case.objects.values().get(pk=case.pk)
    moved = {key for (key, was), now in zip(before.items(), after.values(), strict=True) if was != now}
    assert moved <= {"revision"}
    assert CaseRequest.objects.exclude(answer="waiting").count() == 0
    headers = {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE", "HTTP_X_ORIGINAL_URL": reverse("case_desk")}
    assert client.get(reverse("own_case", args=[case.pk]), **headers).status_code == 200
    assert (
        client.get(reverse("case_desk"), HTTP_X_USER=its.supervisor.name, HTTP_X_ROLE="case_supervisor").status_code
        == 403
    )


def test_what_a_page_does_not_offer_is_refused_behind_it_too() -> None:
    """A button that is not shown hides nothing: its address is asked all the same."""
    its = Work()
    case = its.opened()
    its.declared(case)
    client = as_user(its.counsellor)
    page = client.get(reverse("own_case", args=[case.pk])).content.decode()
    assert reverse("own_case_act", args=[case.pk, "session"]) not in page
    day = {"held_on_day": "20", "held_on_month": "5", "held_on_year": "2024"}
    assert client.post(reverse("own_case_act", args=[case.pk, "session"]), day).status_code == 422
    assert client.post(reverse("own_case_act", args=[case.pk, "ask"]), {"what": "start"}).status_code == 422
    assert client.post(reverse("case_give", args=[case.pk]), {"counsellor": its.second.user_id}).status_code == 403
    assert (CaseSession.objects.count(), CaseRequest.objects.count(), fresh(case).state) == (0, 0, "opened")


def _both(its: Work, name: str) -> None:
    """Gives a user of the casework the other side's role too."""
    for role in (Role.COUNSELLOR, Role.CASE_SUPERVISOR, Role.SAFEGUARDING_FOCAL):
        RoleGrant.objects.get_or_create(
            user=User.objects.get(username=name),
            role=role.value,
            organisation=its.setting.ours,
            programme_id=its.setting.programme.pk,
        )


def test_whoever_holds_both_roles_answers_no_request_of_her_own() -> None:
    its = Work()
    case = its.screened()
    _both(its, "counsellor")
    client = as_user(its.counsellor)
    request = its.asked(case, KIND.START)
    CaseRequest.objects.filter(pk=request.pk).update(asked_by=its.user(its.counsellor))
    address = reverse("case_conference", args=[request.conference_id])
    client.post(address, {f"answer-{request.pk}": "granted", "asked_by": str(its.second.user_id)})
    request.refresh_from_db()
    assert (request.answer, request.asked_by_id) == ("waiting", its.counsellor.user_id)
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseRequest.objects.filter(pk=request.pk).update(
            answer="granted", answered_by=its.user(its.counsellor), answered_at=WEDNESDAY
        )


def test_nobody_approves_her_own_tie_or_opens_her_own_emergency() -> None:
    its = Work()
    case = its.opened()
    tie = its.declared(case, Tie.NEIGHBOUR)
    _both(its, "counsellor")
    client = as_user(its.counsellor)
    client.post(reverse("case_tie", args=[tie.pk]), {"user": str(its.second.user_id)})
    assert Declaration.objects.get(pk=tie.pk).approved_at is None
    assert refused_with(lambda: intake.approve_neighbour(declaration=tie, by=its.counsellor, at=WORK_AT))[0] in {
        403,
        404,
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        Declaration.objects.filter(pk=tie.pk).update(approved_by=its.user(its.counsellor), approved_at=WORK_AT)
    _both(its, "second")
    access = emergency.ask_emergency(case=case, reason="now", by=its.second, at=timezone.now())
    assert as_user(its.second).post(reverse("case_emergency", args=[access.pk])).status_code == 404
    assert EmergencyAccess.objects.get(pk=access.pk).opened_at is None
    with pytest.raises(DatabaseError), transaction.atomic():
        EmergencyAccess.objects.filter(pk=access.pk).update(second=its.user(its.second), opened_at=timezone.now())


def test_requester_recruiter_and_candidate_are_none_of_the_two_who_decide() -> None:
    its = Vetting()
    candidacy = its.ripe(recruiter=its.focal)
    User.objects.filter(pk=its.supervisor.user_id).update(person_id=its.person.pk)
    for by in (its.focal, its.supervisor):
        status, _code = refused_with(lambda by=by: its.decide(candidacy, by))  # type: ignore[misc]
        assert status in {403, 404}
    assert Decision.objects.count() == 0
    its.decide(candidacy, its.other_man)
    assert refused_with(lambda: its.decide(candidacy, its.other_man)) == (403, "decided_already")
    assert Candidacy.objects.get(pk=candidacy.pk).state == "probation"


def test_every_refused_attempt_stands_in_the_trail() -> None:
    its = Work()
    case = its.screened()
    client = as_user(its.second)
    before = AuditEntry.objects.count()
    for name, args in (("own_case", [case.pk]), ("case_desk", []), ("users", []), ("safe", [])):
        assert client.get(reverse(name, args=args)).status_code in {403, 404}
    kept = AuditEntry.objects.filter(pk__gt=before, actor_name="second")
    assert sum(one.refused or one.action == "not_found" for one in kept) >= 4


def test_asking_for_another_is_no_way_in() -> None:
    """`assign` and `ask` take a user: naming oneself there gives no case that the conference did not."""
    its = Work()
    case = its.counselled()
    assert refused_with(
        lambda: asking.assign(case=case, counsellor=its.user(its.second), by=its.second, at=WORK_AT)
    ) == (
        403,
        "refused",
    )
    assert (
        refused_with(lambda: its.asked(case, KIND.REASSIGN, by=its.second, to_counsellor=its.user(its.second)))[0]
        == 404
    )
    assert fresh(case).counsellor_id == its.counsellor.user_id
